"""The chapters of a report of a plan: each file here is one, with its sentences, its tables and its blocks.

How a chapter is written
------------------------
A chapter is a file ``chapters/<chapter>.py`` and its words ``words/<chapter>.yml``.  It has one function
for each of its parts, from the results of a run to sections; an empty list where there is nothing to say
(a section without content does not exist)::

    def sections(report: Report) -> list[dict]:
        shares = report.table("06_survey", "shares")            # a frame that a notebook published
        if shares.empty:
            return []
        cites = ("06_survey", "shares")                         # the table whose documents are cited
        blocks = [
            report.label("text.see_survey"),                    # a text is a paragraph
            report.figure("06_survey", "survey", cites=cites),  # a chart that it published
            report.show("survey", shares, ANSWERS, cites=cites, notes=[...]),
        ]
        return [report.section("section.survey", blocks)]

- `Report` (``report.blocks``) reads tables, facts and words in one language: ``report.table``, ``.facts``,
  ``.label(key, **values)``, ``.of(row, "name")`` (``name_zh`` or ``name_en``), ``.plan``, ``.progress``,
  ``.targets`` (progress with its outlook), ``.day``, ``.lang``, ``.numbers`` and ``.cites`` of documents.
- Blocks: texts, ``bullets(items)``, ``report.show`` (a table, if it has rows), ``report.figure`` (a chart),
  ``report.section(key, blocks)`` around them, which leaves out what is empty; ``{ref:<name>}`` in the words
  is a reference to a table, ``{ref:figure-<name>}`` to a chart.  Sections nest:
  ``section["sections"].append(...)``.
- Sentences: ``words.named({key: rows}, lang)`` has those of each key that has rows, with their ``{count}``
  and ``{names}``; ``words.counted({key: count}, lang)`` those whose count is not nought;
  ``words.each(rows, lang, phrase)`` is a phrase for each row, joined.
- A table is declared: the rows of a frame, and a list of `Column(key, cell, align, floor=…)`.  The
  heading is ``column.<key>`` of the words, the caption ``caption.<name>``; ``cell`` names a text of the row,
  or takes row and language and gives a text, or a `Cell` with the number behind the text
  (``cells.number(value, 2)``, ``cells.percent(share)``, ``cells.printed(digits, after=unit)``), which the
  workbook calculates with.  Nothing is looked up by a heading.  A notebook shows the same table by
  ``lessons.table(rows, lang, ANSWERS)``.
- No chapter computes: figures come from the published tables.  No sentence counts zero.

How it enters a volume
----------------------
Its parts are named in `volumes.PARTS` and put in their place in `volumes.MAIN` (report proper) or
`volumes.ANNEXES` (technical annex).  Its heading is ``section.<name>``, or
``section.<kind>.<name>`` where a kind of report calls it otherwise.  Tables that name documents are added to
`blocks.CITED`, from which the list of sources is made.
"""
