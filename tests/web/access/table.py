"""The table: for each route and kind of thing, what it answers to whom. How to add a row:

1. Put ``Row("route", "kind of thing in objects.py or empty", get, post)`` into the table_*.py of its subject, with the
   classes of ``answers.py``, each named with the code of who may. 2. A new kind of thing: make it in ``objects.py``.
"""

from tests.web.access import table_outside, table_papers, table_people, table_records

TABLE = [*table_people.ROWS, *table_records.ROWS, *table_papers.ROWS, *table_outside.ROWS]
ROUTES = list(dict.fromkeys(row.route for row in TABLE))
