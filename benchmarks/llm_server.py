"""`transformers serve`, a real server, with a tiny model that is made here: protocol, streaming and faults.

    python -m benchmarks.llm_server FOLDER

FOLDER holds what the server needs beside this project's packages (`make test-llm` puts it there). The model
has one layer that passes everything through: after each piece of its answer only the next can follow, so it
says what it was made to say. Nothing is fetched; the server listens on 127.0.0.1 only.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

from qa.llm.client import stream
from qa.llm.discover import tried
from qa.llm.endpoint import Endpoint, LLMError

_LIT = "The lamp of the harbour was lit by Ada Moll on Friday."
_ANSWER = json.dumps(
    {
        "claims": [
            {"text": "Ada Moll lit the lamp of the harbour.", "quotes": [{"passage": 1, "words": _LIT}]},
            {"text": "Ada Moll lit 12 lamps.", "quotes": [{"passage": 1, "words": _LIT}]},
        ]
    }
)
_STARTS = 300.0
"""Seconds that a server has to start."""
_ASKED = [{"role": "user", "content": "Say it."}]


def make(folder: Path, says: Sequence[str], *, endless: bool = False) -> None:
    """Write a model to `folder` that says these pieces, over and over if `endless`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    ends = ["<s>", "</s>", "<answer>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=ends, initial_alphabet=alphabet)
    plain.train_from_iterator([], trainer)
    words = PreTrainedTokenizerFast(
        tokenizer_object=plain, bos_token=ends[0], eos_token=ends[1], pad_token=ends[1]
    )
    words.add_tokens(list(says))
    words.chat_template = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}<answer>"
    words.save_pretrained(folder)
    chain = [words.convert_tokens_to_ids(piece) for piece in ("<answer>", *says)]
    chain.append(chain[1] if endless else words.eos_token_id)
    size = len(words) + len(words) % 2
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=size, intermediate_size=4, num_hidden_layers=1,
        num_attention_heads=1, num_key_value_heads=1, max_position_embeddings=16_384,
        tie_word_embeddings=False,
        bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(len(words), size))
        model.lm_head.weight.zero_()
        for before, after in pairwise(chain):
            model.lm_head.weight[after, before] = 1.0
    model.save_pretrained(folder)


def cut(text: str, size: int = 9) -> list[str]:
    """`text` in pieces that are all different."""
    found: list[str] = []
    at = 0
    while at < len(text):
        end = at + size
        while text[at:end] in found:
            end += 1
        found.append(text[at:end])
        at = end
    return found


@contextmanager
def serving(packages: Path, model: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PYTHONPATH": str(packages), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(model)]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, env={**os.environ, **given}, stdout=log, stderr=log)
        try:
            _await(port, server)
            yield f"http://127.0.0.1:{port}/v1", server
        finally:
            server.kill()
            server.wait()


def _await(port: int, server: "subprocess.Popen[bytes]") -> None:
    ends = monotonic() + _STARTS
    while monotonic() < ends and server.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.2)
    raise SystemExit("benchmarks.llm_server: the server does not start")


def check(name: str, passed: bool) -> None:
    print(f"{'passed' if passed else 'FAILED'}  {name}", flush=True)
    if not passed:
        raise SystemExit(1)


def fault(server: Endpoint) -> str:
    """What is said where `server` cannot be used."""
    try:
        tried(server)
    except LLMError as error:
        return str(error)
    return ""


def main(packages: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        right, endless, wrong = (Path(folder, name) for name in ("right", "endless", "wrong"))
        make(right, cut(_ANSWER))
        make(endless, [" and", " so", " on"], endless=True)
        make(wrong, ["I", " would", " say", " Ada", " Moll", "."])
        with serving(packages, right) as (url, _):
            server = Endpoint(url, str(right))
            written = tried(server)
            check(
                "an answer is streamed, read and proved",
                [c.claim.text for c in written.proved] == ["Ada Moll lit the lamp of the harbour."],
            )
            check("what is false in it is left out", len(written.left_out) == 1)
            check("tokens are counted as the server says", written.tokens >= len(cut(_ANSWER)))
            check("it comes in pieces", len(list(stream(server, _ASKED))) > 10)
            said = fault(Endpoint(url, "nobody/has-this"))
            check(f"another model's name is one line: {said}", bool(said) and "\n" not in said)
        with serving(packages, wrong) as (url, _):
            check("what is no JSON is said", "does not write the JSON" in fault(Endpoint(url, str(wrong))))
        with serving(packages, endless) as (url, process):
            server = Endpoint(url, str(endless))
            with closing(stream(server, _ASKED)) as pieces:  # type: ignore[type-var]
                next(pieces)
            check("after one that was stopped the next is answered", bool(next(iter(stream(server, _ASKED)))))
            said = _killed(server, process)
            check(f"a server that dies in the middle is one line: {said}", "broke off" in said)
            check("one that is gone is one line", "no model answers" in fault(server))


def _killed(server: Endpoint, process: "subprocess.Popen[bytes]") -> str:
    try:
        for _ in stream(server, _ASKED):
            process.send_signal(signal.SIGKILL)
    except LLMError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
