# Written for this test: smtplib, imaplib and poplib of Python's own library against a post office.
# usage: python_clients.py SUBMISSION SUBMISSIONS SMTP LMTP IMAP IMAPS POP3 POP3S
import imaplib
import poplib
import smtplib
import ssl
import sys
import time
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser

SUBMISSION, SUBMISSIONS, SMTP, LMTP, IMAP, IMAPS, POP3, POP3S = map(int, sys.argv[1:])
HOST = "127.0.0.1"
ANN, BEN = ("ann@example.com", "orange"), ("ben@example.com", "lemon")
anything = ssl.create_default_context()
anything.check_hostname = False
anything.verify_mode = ssl.CERT_NONE


def letter(sender, subject, text="本文です。\n.a line with a dot\n"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, BEN[0], subject
    message.set_content(text)
    return message


# Submission: STARTTLS and login, implicit TLS, refusals.
with smtplib.SMTP(HOST, SUBMISSION) as smtp:
    smtp.ehlo()
    assert smtp.has_extn("starttls") and smtp.has_extn("pipelining") and smtp.has_extn("smtputf8")
    try:
        smtp.sendmail(ANN[0], [BEN[0]], b"Subject: x\r\n\r\nx")
        raise SystemExit("submission without login was taken")
    except smtplib.SMTPException:
        smtp.rset()
    smtp.starttls(context=anything)
    smtp.login(*ANN)
    smtp.send_message(letter(ANN[0], "会議の予定"))
with smtplib.SMTP_SSL(HOST, SUBMISSIONS, context=anything) as smtp:
    try:
        smtp.login(ANN[0], "wrong")
        raise SystemExit("a wrong password was taken")
    except smtplib.SMTPAuthenticationError as e:
        assert e.smtp_code == 535, e
    smtp.login(*ANN)
    refused = smtp.send_message(letter(ANN[0], "second"), to_addrs=[BEN[0], "nobody@example.com"])
    assert list(refused) == ["nobody@example.com"] and refused["nobody@example.com"][0] == 550, refused
    try:
        smtp.send_message(letter("eve@example.org", "third"), from_addr="eve@example.org")
        raise SystemExit("a stranger's sender was taken")
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as e:
        assert e.smtp_code == 553, e
with smtplib.SMTP(HOST, SMTP) as smtp:
    smtp.send_message(letter("cat@example.net", "from outside"), from_addr="cat@example.net")
    code, text = smtp.docmd("RCPT", "TO:<x@example.org>")
    assert code == 503, (code, text)
with smtplib.LMTP(HOST, LMTP) as lmtp:
    assert not lmtp.sendmail("cat@example.net", [BEN[0]], b"Subject: by LMTP\r\n\r\nx\r\n")

# IMAP: everything arrived, flags, append, search, move, idle by another connection.
for connect in (lambda: imaplib.IMAP4(HOST, IMAP), lambda: imaplib.IMAP4_SSL(HOST, IMAPS, ssl_context=anything)):
    with connect() as imap:
        imap.login(*BEN)
        assert imap.select("INBOX")[1] == [b"4"], imap.select("INBOX")
with imaplib.IMAP4(HOST, IMAP) as imap:
    imap.starttls(anything)
    imap.login(*BEN)
    imap.select("INBOX")
    data = imap.fetch("1:*", "(UID FLAGS RFC822)")[1]
    messages = [BytesParser().parsebytes(part[1]) for part in data if isinstance(part, tuple)]
    subjects = [str(make_header(decode_header(m["Subject"]))) for m in messages]
    assert subjects == ["会議の予定", "second", "from outside", "by LMTP"], subjects
    assert "本文です。" in messages[0].get_payload(decode=True).decode(), messages[0]
    assert "\n.a line with a dot" in messages[0].get_payload(decode=True).decode().replace("\r", "")
    assert messages[0]["Date"] and messages[0]["Message-ID"] and messages[0]["Received"]
    assert messages[0]["Delivered-To"] == BEN[0] and messages[2]["Return-Path"] == "<cat@example.net>"
    status, data = imap.append("INBOX", "(\\Seen $Forwarded)", imaplib.Time2Internaldate(86400.0), b"Subject: appended\r\n\r\nx\r\n")
    assert status == "OK" and b"APPENDUID" in data[0], data
    assert imap.search(None, "SEEN", "SUBJECT", "appended")[1][0].split() == [b"5"]
    assert imap.store("5", "+FLAGS", "(\\Flagged)")[0] == "OK"
    assert imap.create("Archive/2026")[0] == "OK"
    assert imap.copy("5", "Archive/2026")[0] == "OK"
    assert imap.store("5", "+FLAGS", "(\\Deleted)")[0] == "OK"
    assert imap.expunge()[1] == [b"5"]
    assert imap.status("Archive/2026", "(MESSAGES UNSEEN)")[1] == [b"Archive/2026 (MESSAGES 1 UNSEEN 0)"] or \
        imap.status("Archive/2026", "(MESSAGES UNSEEN)")[1] == [b'"Archive/2026" (MESSAGES 1 UNSEEN 0)']
    names = b" ".join(imap.list()[1])
    assert b"Archive/2026" in names and b"INBOX" in names, names

# POP3: the same four, unique ids stable, TOP, DELE only on QUIT.
pop = poplib.POP3(HOST, POP3)
pop.stls(anything)
pop.user(BEN[0])
pop.pass_(BEN[1])
assert pop.stat()[0] == 4, pop.stat()
uids = pop.uidl()[1]
top = pop.top(1, 0)[1]
assert any(line.startswith(b"Subject:") for line in top), top
pop.dele(1)
pop.rset()
pop.dele(4)
pop.quit()
pop = poplib.POP3_SSL(HOST, POP3S, context=anything)
pop.user(BEN[0])
pop.pass_(BEN[1])
assert pop.uidl()[1] == uids[:3], (pop.uidl()[1], uids)
assert b"".join(pop.retr(2)[1]).count(b"Subject: second") == 1
pop.quit()
print("all is well")
