# SPDX-License-Identifier: GPL-3.0-or-later
"""What a disk may hold after the power went: everything that was synced, and any part of the rest.

losingdisk.c notes the writes since each file's last sync. lose() puts each file back to its last sync
and then lets a random choice of the noted writes happen, in order or not, whole or cut at a sector.
"""
import mmap
import os
import struct

SECTOR = 512
RECORD = struct.Struct("<QQIIII")
WRITE, TRUNCATE, CREATED = 1, 2, 3
FULL, FAIL_WRITE, FAIL_SYNC = 1, 2, 3


class LosingDisk:
    def __init__(self, library, folder, data):
        self.folder, self.data = os.path.join(folder, "disk"), data
        os.makedirs(self.folder)
        with open(os.path.join(self.folder, "control"), "wb") as file:
            file.write(bytes(mmap.PAGESIZE))
        self.control_file = open(os.path.join(self.folder, "control"), "r+b")
        self.control = mmap.mmap(self.control_file.fileno(), mmap.PAGESIZE)
        self.environment = {"LD_PRELOAD": str(library), "PEERDESK_TEST_DISK": self.folder}
        self.lost = self.kept = self.torn = self.files_lost = 0
        self.base = self._attachments()

    def set(self, fail=0, die_after=0, only=""):
        """`only`: calls fail for files with this in their path."""
        self.control[12:76] = only.encode().ljust(64, b"\0")
        self.control[0:8] = struct.pack("<ii", fail, die_after)

    def failures(self):
        return struct.unpack("<i", self.control[8:12])[0]

    def _attachments(self):
        """Every file and folder of the attachments that is safe by now."""
        found = set()
        for place, _, names in os.walk(os.path.join(self.data, "attachments")):
            found.add(place)
            found.update(os.path.join(place, name) for name in names)
        return found

    def lose(self, chance):
        """After a kill. Afterwards the folder is what the next start finds."""
        self.set()
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(".undo"):
                undo = os.path.join(self.folder, name)
                self._lose_in(os.path.join(self.data, name[:-5]), read_records(undo), chance)
                os.remove(undo)
        for name in os.listdir(self.data):
            if name.endswith("-shm"):
                os.remove(os.path.join(self.data, name))  # memory, not disk
        self._lose_attachments(chance)
        trace = os.path.join(self.folder, "trace")
        if os.path.exists(trace):
            os.remove(trace)
        self.base = self._attachments()

    def _lose_in(self, path, records, chance):
        if not records or not os.path.exists(path):
            return
        is_new = any(kind == CREATED for kind, *_ in records)
        with open(path, "r+b") as file:
            for kind, offset, size, old, _ in reversed(records):
                if kind == CREATED:
                    continue
                file.seek(offset)
                file.write(old)
                file.truncate(size)
            for record in self._chosen([r for r in records if r[0] != CREATED], chance):
                happen(file, record)
        if is_new and chance.random() < 0.5:
            os.remove(path)  # its name was not synced either

    def _chosen(self, records, chance):
        """None, all, a prefix, or any of them; the last ones may be torn."""
        manner = chance.choice(("none", "none", "prefix", "any", "any", "all"))
        if manner == "none":
            chosen = []
        elif manner == "all":
            chosen = list(records)
        elif manner == "prefix":
            chosen = records[:chance.randint(0, len(records))]
        else:
            chosen = [record for record in records if chance.random() < 0.5]
            chance.shuffle(chosen)
        out = []
        for kind, offset, size, old, new in chosen:
            if kind == WRITE and len(new) > SECTOR and chance.random() < 0.2:
                cut = SECTOR * chance.randint(1, (len(new) - 1) // SECTOR)
                self.torn += 1
                new = new[:cut]
            out.append((kind, offset, size, old, new))
        self.kept += len(out)
        self.lost += len(records) - len(out)
        return out

    def _lose_attachments(self, chance):
        lines = read_trace(os.path.join(self.folder, "trace"))
        for path in sorted(self._attachments() - self.base, key=len, reverse=True):
            inode = os.stat(path).st_ino
            if os.path.isdir(path):
                # A folder made in this life: its name is safe once its parent was synced after
                # something got a name in it.
                named = [n for n, (what, value) in enumerate(lines) if what == "R" and
                         value.startswith(path + "/")]
                if not named or not is_synced(lines, os.path.dirname(path), named[0]):
                    self._drop_folder(path)
                continue
            named = [n for n, line in enumerate(lines) if line == ("R", path)]
            if not named or not is_synced(lines, os.path.dirname(path), named[-1]):
                os.remove(path)
                self.files_lost += 1
            elif ("S", str(inode)) not in lines[:named[-1]]:
                with open(path, "r+b") as file:  # it has its name, but nobody synced the bytes
                    file.truncate(chance.randint(0, os.path.getsize(path) // 2))
                self.files_lost += 1

    def _drop_folder(self, path):
        for name in os.listdir(path):
            inner = os.path.join(path, name)
            if os.path.isdir(inner):
                self._drop_folder(inner)
            else:
                os.remove(inner)
                self.files_lost += 1
        os.rmdir(path)


def is_synced(lines, folder, after):
    return ("S", str(os.stat(folder).st_ino)) in lines[after + 1:]


def happen(file, record):
    kind, offset, _, _, new = record
    if kind == TRUNCATE:
        file.truncate(offset)
        return
    file.seek(offset)
    file.write(new)


def read_records(path):
    """(kind, offset, size before, old bytes, new bytes) since the last sync; a half record was never acted on."""
    with open(path, "rb") as file:
        data = file.read()
    records, at = [], 0
    while at + RECORD.size <= len(data):
        offset, size, old, new, kind, _ = RECORD.unpack_from(data, at)
        at += RECORD.size
        if at + old + new > len(data):
            break
        records.append((kind, offset, size, data[at:at + old], data[at + old:at + old + new]))
        at += old + new
    return records


def read_trace(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [tuple(line.rstrip("\n").split(" ", 1)) for line in file if line.endswith("\n")]
