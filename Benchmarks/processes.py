"""What a process used, measured so that the measuring does not count."""

import os


class Run:
    """What one process used."""

    def __init__(self, command, statuses=(0,)):
        # posix_spawn: a fork of this script would be counted as CPU time of the command.
        actions = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        self.status = os.waitstatus_to_exitcode(status)
        self.seconds = usage.ru_utime + usage.ru_stime
        # In kilobytes. Never less than this script's own, some 20 MiB, which the child shares until it runs the command.
        self.mebibytes = usage.ru_maxrss / 1024
        if self.status not in statuses:
            raise RuntimeError(f"exit status {self.status} of: {' '.join(command[:12])}")
