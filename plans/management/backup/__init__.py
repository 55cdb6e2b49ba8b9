"""Backups: one file that holds every row and every stored file, whichever database they come from or go to.

``contents`` says what is in an archive, ``rows`` how a row is written, ``archive`` writes the file, ``reading`` reads
and checks it, ``encryption`` seals it, ``stored_files`` copies files, ``loading`` fills a database, ``comparing`` holds
the two against each other, and ``taking`` and ``restoring`` are the two ways through.
"""
