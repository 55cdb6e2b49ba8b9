"""What can go wrong with a backup. Each message is a sentence for the administrator."""


class BackupProblem(Exception):
    """The backup or the restore cannot go on; nothing is left of it."""


class DamagedArchive(BackupProblem):
    """The archive is not whole: cut off, changed, or none of ours."""


class WrongKey(BackupProblem):
    """The archive cannot be opened with the key that was given, or with none."""
