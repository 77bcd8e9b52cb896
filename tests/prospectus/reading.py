"""How hard a page is to read: Flesch-Kincaid over its sentences, with syllables counted by a simple rule."""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "li", "dd", "dt", "td", "th", "h1", "h2", "h3", "h4", "label", "summary", "div", "button", "legend"}
UNSEEN = {"script", "style", "head"}
FEWEST = 5  # a heading or a label of fewer words is no sentence
YEARS = 5  # grade 1 is read at six


class _Main(HTMLParser):
    """The blocks of words inside <main>."""

    def __init__(self):
        super().__init__()
        self.blocks, self.depth, self.unseen = [""], 0, 0

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "main"
        self.unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_endtag(self, tag):
        self.depth -= tag == "main"
        self.unseen -= tag in UNSEEN
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data):
        if self.depth and not self.unseen:
            self.blocks[-1] += data


def words(response):
    """The page's text, without marks."""
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def syllables(word):
    """Groups of vowels, without a silent e at the end."""
    word = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^td])ed$|(?<=[^sxzcg])es$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def sentences_of(html):
    """The sentences of a page's main part; labels and headings of a few words are left out."""
    main = _Main()
    main.feed(html)
    found = (sentence for block in main.blocks for sentence in re.split(r"(?<=[.!?])\s+", " ".join(block.split())))
    return [said for sentence in found if len(said := re.findall(r"[A-Za-z’']+", sentence)) >= FEWEST]


def reading_age(html):
    """The age at which a page is read with ease."""
    sentences = sentences_of(html)
    said = [word for sentence in sentences for word in sentence]
    grade = 0.39 * len(said) / len(sentences) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59
    return grade + YEARS
