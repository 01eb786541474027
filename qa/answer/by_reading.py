"""Answers by a reader: what it marks in the best passages, weighed with how well these rank."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from embeddings.index.index import ArticleIndex
from embeddings.types import Passage, Vectors
from qa.answer.candidates import Candidate, candidates
from qa.answer.judgement import Judgement
from qa.answer.reader import Reader, Span
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query, Ranking

READ = 10
"""Passages that are read, however many are shown."""
