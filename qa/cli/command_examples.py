"""Examples that `qa COMMAND --help` ends with."""

EXAMPLES = {
    "index": "examples:\n  qa index\n  qa index ~/articles --index ~/articles.qa\n"
    "  qa index a.jsonl.gz b/ --rebuild\n"
    '  qa index ~/sport --index sport.qa --name Sport --description "Match reports since 2019"\n'
    "  qa index ~/articles --dry-run\n  qa index --rollback\n"
    "  qa index ~/articles --index milvus+http://127.0.0.1:19530/news --engine ray --ray-address auto",
    "add": "examples:\n  qa add ~/mail.mbox ~/reports\n  qa add survey.csv --text-column answer\n"
    "  qa add https://www.news.example/feed.xml\n  qa add --addresses bookmarks.html",
    "remove": "examples:\n  qa remove ~/mail.mbox\n  qa remove old.md --index ~/articles.qa",
    "watch": "examples:\n  qa watch\n  qa watch --index ~/articles.qa --every 30",
    "sources": "example:\n  qa sources --index ~/articles.qa",
    "ask": 'examples:\n  qa ask "Who won the race?"\n'
    '  qa ask "Who won the race?" --index news.qa --index sport.qa\n'
    '  qa ask "Who won?" -k 3 --since 2022-11-01 --source CNN --json\n'
    '  qa ask "When was that?" --after "Who won the race?"\n'
    '  qa ask "Who won the race?" --llm http://127.0.0.1:11434/v1 --llm-model llama3.2',
    "search": 'examples:\n  qa search "the ceasefire was broken within hours"\n'
    "  qa search flood relief -k 20",
    "brief": 'examples:\n  qa brief "floods in Pakistan"\n'
    '  qa brief "LIV Golf" --since 2022-06-01 --llm http://127.0.0.1:11434/v1 --llm-model llama3.2',
    "why": 'examples:\n  qa why "Who won the race?" race.md\n'
    '  qa why "Who won?" https://news.example/race --since 2022-11-01 --json',
    "run": "example:\n  qa run questions.jsonl -k 100 --out run.jsonl",
    "eval": "examples:\n  qa eval questions.jsonl --unanswerable other.jsonl\n"
    "  qa eval questions.jsonl --run new.jsonl --against old.jsonl --report new.html\n"
    "  qa eval --self --sample 500",
    "tune": "examples:\n  qa tune questions.jsonl --unanswerable other.jsonl\n  qa tune --reset",
    "verify": "examples:\n  qa verify\n  qa verify --index ~/articles.qa",
    "info": "examples:\n  qa info\n  qa info --index ~/articles.qa --json",
    "llm": "examples:\n  qa llm\n  qa llm --llm http://127.0.0.1:11434/v1 --llm-model llama3.2",
    "chat": "examples:\n  qa chat\n  qa chat --port 8080 --mcp\n"
    "  qa chat --index news.qa --index sport.qa\n"
    "  qa chat --host 0.0.0.0 --auth login.txt --name news.example",
}
