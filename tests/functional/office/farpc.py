# SPDX-License-Identifier: GPL-3.0-or-later
"""PCs of an office in places of their own (cables.py), each with a disk that can fail."""
import http.client
import os

from cables import Network, connect
from pc import Office, Pc
from losingdisk import LosingDisk  # in the folder that pc.py adds

__all__ = ["FarOffice", "FarPc"]


PATIENCE = 3  # of a client; it asks again with the same key


class FarPc(Pc):
    """Everything that concerns it happens in its place."""

    def __init__(self, program, folder, name, place):
        super().__init__(program, folder, name)
        self.place, self.disk = place, None

    def listens(self):
        return f"{self.place.address}:0"

    def attempt(self, *words, environment=None):
        with self.place:
            return super().attempt(*words, environment=environment)

    def spawn(self):
        with self.place:
            super().spawn()

    def connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.sock = connect(self.place, self.port, PATIENCE)
        return connection

    def give_disk(self, library):
        """From the next start on, what it writes can be refused, and lost with the power."""
        folder = self.data + ".disk"
        os.makedirs(folder)
        self.disk = LosingDisk(library, folder, self.data)
        self.life = self.disk.environment


class FarOffice(Office):
    """As Office; the PCs find each other by the addresses of their places."""

    def __init__(self, program, folder, names, spare=()):
        self.network = Network([*names, *spare])
        self.program, self.folder = program, folder
        try:
            self.pcs = [self.pc(name) for name in names]
            self.found()
        except BaseException:
            self.network.close()
            raise

    def pc(self, name):
        return FarPc(self.program, self.folder, name, self.network.places[name])

    def stop(self):
        super().stop()
        self.network.close()
