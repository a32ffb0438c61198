# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails as the world writes them, byte for byte, and what an agent must see of each."""
import base64
import dataclasses

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@dataclasses.dataclass
class Odd:
    name: str
    headers: bytes
    body: bytes
    text: str  # must be part of what is shown
    files: tuple = ()  # names of attachments
    never: tuple = ()  # must be nowhere in text or html

    def raw(self):
        top = (f"From: Otto Odd <odd-{self.name}@customer.test>\r\nTo: help@desk.test\r\n"
               f"Message-ID: <odd.{self.name}@customer.test>\r\nSubject: odd {self.name}\r\n").encode()
        return top + b"MIME-Version: 1.0\r\n" + self.headers + b"\r\n" + self.body


def mixed(*parts):
    body = b"".join(b"--=frontier\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/mixed; boundary=\"=frontier\"\r\n", body + b"--=frontier--\r\n"


def coded(data):
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nsee the file\r\n"


def nested(depth):
    body = b"Content-Type: text/plain\r\n\r\nat the bottom\r\n"
    for level in range(depth):
        mark = b"=level%d" % level
        body = (b"Content-Type: multipart/mixed; boundary=\"" + mark + b"\"\r\n\r\n--" + mark + b"\r\n" + body
                + b"\r\n--" + mark + b"--\r\n")
    head, _, rest = body.partition(b"\r\n\r\n")
    return head + b"\r\n", rest


HOSTILE = """<html><head><style>@import url(http://evil.example/a.css); body{background:url(http://evil.example/b)}</style>
<script>fetch('http://evil.example/c')</script><meta http-equiv=refresh content="0;url=http://evil.example/d"></head>
<body onload="x()"><p>Guten Tag <b>aus Wien</b></p><img src="http://evil.example/pixel.gif">
<a href="file:///etc/passwd">file</a> <a href="javascript:alert(1)">js</a> <iframe src="http://evil.example/e"></iframe>
<form action="http://evil.example/f"><input name=p></form><svg onload=x()><image href="http://evil.example/g"/></svg>
<object data="file:///etc/shadow"></object></body></html>"""

# Deeper than is read: kept whole as a file, with the reason.
TOO_DEEP = Odd("too-deep", *nested(200), "")

ODD = [
    Odd("rfc2231", *mixed(TEXT, b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
                          b" filename*0*=UTF-8''Rechnung%20M%C3%A4rz%20;\r\n filename*1*=%E2%82%AC%20100.pdf\r\n" + coded(b"%PDF-1.4")),
        "see the file", ("Rechnung März € 100.pdf",)),
    Odd("rfc2047-name", *mixed(TEXT, b"Content-Type: image/png; name=\"=?windows-1258?Q?h=F3a_=F0=F5n.png?=\"\r\n" + coded(PNG)),
        "see the file", ("hóa đơn.png",)),
    Odd("path-name", *mixed(TEXT, b"Content-Type: text/plain; name=\"../../etc/cron.d/x\"\r\nContent-Disposition: attachment\r\n\r\nx"),
        "see the file", ("x",)),
    Odd("undeclared-latin1", b"", "Größe: 5 Stück, 3 €\r\n".encode("cp1252"), "Größe: 5 Stück, 3 €"),
    Odd("wrong-charset", b"Content-Type: text/plain; charset=us-ascii\r\n", "zażółć gęślą\r\n".encode(), "zażółć gęślą"),
    Odd("unknown-charset", b"Content-Type: text/plain; charset=x-klingon-7\r\n", "plain as day\r\n".encode(), "plain as day"),
    Odd("shift-jis", b"Content-Type: text/plain; charset=Shift_JIS\r\n", "こんにちは\r\n".encode("shift_jis"), "こんにちは"),
    Odd("gb18030", b"Content-Type: text/plain; charset=GB2312\r\n", "你好，退款\r\n".encode("gb18030"), "你好，退款"),
    Odd("koi8-r", b"Content-Type: text/plain; charset=KOI8-R\r\n", "Здравствуйте\r\n".encode("koi8-r"), "Здравствуйте"),
    Odd("utf16", b"Content-Type: text/plain; charset=utf-16\r\n" + coded("Chào bạn".encode("utf-16")).partition(b"\r\n\r\n")[0] + b"\r\n",
        coded("Chào bạn".encode("utf-16")).partition(b"\r\n\r\n")[2], "Chào bạn"),
    Odd("inline-image", b"Content-Type: multipart/related; boundary=\"=r\"\r\n",
        b"--=r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>photo: <img src=\"cid:one@x\"></p>\r\n--=r\r\n"
        b"Content-Type: image/png\r\nContent-ID: <one@x>\r\nContent-Disposition: inline; filename=photo.png\r\n"
        + coded(PNG) + b"\r\n--=r--\r\n", "photo:", ("photo.png",)),
    Odd("calendar", *mixed(TEXT, b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
                           b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"),
        "see the file", ("invite.ics",)),
    Odd("winmail", *mixed(TEXT, b"Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n"
                          b"Content-Disposition: attachment; filename=\"winmail.dat\"\r\n" + coded(b"\x78\x9f\x3e\x22" + bytes(200))),
        "see the file", ("winmail.dat",)),
    Odd("hostile-html", b"Content-Type: text/html; charset=utf-8\r\n", HOSTILE.replace("\n", "\r\n").encode(), "aus Wien", (),
        ("<script", "javascript:", "file:", "onload", "<iframe", "<form", "@import", "src=\"http", "url(", "<object", "<svg")),
    Odd("nested", *nested(20), "at the bottom"),
    Odd("empty", b"", b"", ""),
    Odd("no-end", b"Content-Type: multipart/mixed; boundary=\"=never\"\r\n", b"--=never\r\n" + TEXT, "see the file"),
    Odd("huge-header", b"X-Long: " + b"\r\n ".join([b"a" * 900] * 80) + b"\r\nContent-Type: text/plain\r\n", b"after the header\r\n",
        "after the header"),
    Odd("many-headers", b"".join(b"X-%d: y\r\n" % i for i in range(800)), b"after many\r\n", "after many"),
    Odd("eight-bit-header", "X-Note: größer\r\nContent-Type: text/plain; charset=utf-8\r\n".encode(), "grüße\r\n".encode(), "grüße"),
    Odd("uuencode", b"Content-Type: text/plain\r\n", b"begin 644 a.txt\r\n#:&DA\r\n`\r\nend\r\n", "begin 644"),
    Odd("nul-bytes", b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n",
        base64.b64encode(b"before\0after") + b"\r\n", "before"),
]
