#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""M149: `cmake --install` into an empty prefix yields programs that start, without the build folder's help.

usage: test_install.py CMAKE BUILD_FOLDER [TEST...]
"""
import configparser
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

CMAKE = BUILD = ""


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="peerdesk-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.prefix = os.path.join(cls.folder.name, "prefix")
        done = subprocess.run([CMAKE, "--install", BUILD, "--prefix", cls.prefix], capture_output=True,
                              text=True, timeout=180, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def at(self, *parts):
        return os.path.join(self.prefix, *parts)

    def run_program(self, name, *words):
        """A clean environment: nothing but the prefix tells where things are."""
        home = os.path.join(self.folder.name, "home")
        os.makedirs(home, exist_ok=True)
        environment = {"HOME": home, "PATH": self.at("bin") + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                       "QT_QPA_PLATFORM": "offscreen", "PEERDESK_KEYSTORE_PASSPHRASE": "test"}
        return subprocess.run([name, *words], cwd=home, env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)

    def test_both_programs_say_how_they_are_used(self):
        for name in ("peerdesk", "peerdesk-node"):
            done = self.run_program(self.at("bin", name), "--help")
            self.assertEqual(done.returncode, 0, (name, done.stderr))
            self.assertIn("office create", done.stdout, name)

    def test_the_node_founds_an_office(self):
        data = os.path.join(self.folder.name, "office")
        common = ("--data", data, "--keystore", "file:" + os.path.join(self.folder.name, "keys"))
        done = self.run_program(self.at("bin", "peerdesk-node"), "office", "create", "--name", "Shop",
                                "--admin", "Linh", *common)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_program(self.at("bin", "peerdesk-node"), "office", "status", "--json", *common)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("leader", done.stdout)

    def test_the_menu_entry_starts_the_installed_window(self):
        entry = configparser.ConfigParser(interpolation=None)
        entry.optionxform = str
        self.assertTrue(entry.read(self.at("share", "applications", "peerdesk.desktop"), encoding="utf-8"))
        told = entry["Desktop Entry"]
        self.assertEqual(told["Type"], "Application")
        self.assertTrue(told["Categories"].endswith(";"))
        self.assertTrue(os.access(self.at("bin", told["Exec"].split()[0]), os.X_OK), told["Exec"])
        icon = self.at("share", "icons", "hicolor", "scalable", "apps", told["Icon"] + ".svg")
        self.assertEqual(xml.parse(icon).getroot().tag, "{http://www.w3.org/2000/svg}svg")

    def test_nothing_else_is_installed(self):
        found = sorted(os.path.relpath(os.path.join(folder, name), self.prefix)
                       for folder, _, names in os.walk(self.prefix) for name in names)
        self.assertEqual(found, ["bin/peerdesk", "bin/peerdesk-node", "share/applications/peerdesk.desktop",
                                 "share/icons/hicolor/scalable/apps/peerdesk.svg"])


if __name__ == "__main__":
    CMAKE, BUILD = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
