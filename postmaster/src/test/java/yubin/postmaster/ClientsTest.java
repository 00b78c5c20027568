package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real mail clients against a whole post office.
class ClientsTest {
    @TempDir Path folder;
    private Path home;
    private TestOffice office;

    @BeforeEach
    void open() throws Exception {
        home = Files.createDirectory(folder.resolve("home"));
        office = new TestOffice(folder);
    }

    @AfterEach
    void close() {
        office.close();
    }

    @Test
    void swaksSubmitsAndRelaysAndIsRefused() throws Exception {
        External.needs("swaks", "swaks");
        boolean tls = External.run(home, "", "perl", "-MNet::SSLeay", "-e", "1").exit() == 0;
        Assumptions.assumeTrue(tls, "swaks lacks TLS: apt-get install libnet-ssleay-perl");
        swaks(
                0,
                Service.SUBMISSION,
                "--tls --auth PLAIN --from ann@example.com --to ben@example.com");
        swaks(
                0,
                Service.SUBMISSION,
                "--tls --auth LOGIN --from ann@example.com --to ben@example.com");
        swaks(
                0,
                Service.SUBMISSIONS,
                "--tlsc --auth PLAIN --from ann@example.com --to ben@example.com");
        swaks(0, Service.SMTP, "--from cat@example.net --to ben@example.com");
        swaks(0, Service.SMTP, "--tls --from <> --to postmaster --pipeline");
        swaks(0, Service.LMTP, "--protocol LMTP --from cat@example.net --to ben@example.com");
        // 24: no recipient was accepted; 23: the sender was not.
        swaks(24, Service.SMTP, "--from cat@example.net --to nobody@example.com");
        swaks(24, Service.SMTP, "--from cat@example.net --to eve@example.org");
        swaks(
                28,
                Service.SUBMISSION,
                "--tls --auth PLAIN --auth-password wrong --to ben@example.com");
        assertEquals(5, office.messages("ben@example.com", "lemon"));
    }

    private void swaks(int exit, Service service, String arguments) throws Exception {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of("swaks", "--server", "127.0.0.1:" + office.port(service)));
        command.addAll(List.of(arguments.split(" ")));
        if (arguments.contains("--auth ")) {
            command.addAll(List.of("--auth-user", "ann@example.com"));
            if (!arguments.contains("--auth-password")) {
                command.addAll(List.of("--auth-password", "orange"));
            }
        }
        External.Run run = External.run(home, "", command.toArray(String[]::new));
        assertEquals(exit, run.exit(), run.out());
    }

    @Test
    void curlSendsAndReads() throws Exception {
        External.needs("curl", "curl");
        Path letter = home.resolve("letter");
        Files.writeString(letter, "Subject: by curl\r\n\r\nHello\r\n.\r\nafter a dot\r\n");
        External.run(
                        home,
                        "",
                        "curl",
                        "-sSk",
                        "--ssl-reqd",
                        "smtp://127.0.0.1:" + office.port(Service.SUBMISSION) + "/client.example",
                        "--user",
                        "ann@example.com:orange",
                        "--mail-from",
                        "ann@example.com",
                        "--mail-rcpt",
                        "ben@example.com",
                        "--upload-file",
                        letter.toString())
                .ok();
        String imaps = "imaps://127.0.0.1:" + office.port(Service.IMAPS);
        String read = curl("ben@example.com:lemon", imaps + "/INBOX;MAILINDEX=1");
        assertTrue(read.endsWith("\r\n\r\nHello\r\n.\r\nafter a dot\r\n"), read);
        assertTrue(read.contains("Subject: by curl\r\n"), read);
        assertTrue(curl("ben@example.com:lemon", imaps).contains("INBOX"));
        String pop3s = "pop3s://127.0.0.1:" + office.port(Service.POP3S);
        assertTrue(curl("ben@example.com:lemon", pop3s + "/1").contains("Subject: by curl"));
        assertTrue(curl("ben@example.com:lemon", pop3s).startsWith("1 "));
        External.run(
                        home,
                        "",
                        "curl",
                        "-sSk",
                        imaps + "/Drafts",
                        "--user",
                        "ben@example.com:lemon",
                        "--upload-file",
                        letter.toString())
                .ok();
        assertEquals(
                Files.readString(letter),
                curl("ben@example.com:lemon", imaps + "/Drafts;MAILINDEX=1"));
        External.Run wrong =
                External.run(home, "", "curl", "-sSk", imaps, "--user", "ben@example.com:no");
        assertNotEquals(0, wrong.exit());
    }

    private String curl(String user, String url) throws Exception {
        return External.run(home, "", "curl", "-sSk", "--user", user, url).ok().out();
    }

    @Test
    void mbsyncSynchronizesBothWays() throws Exception {
        External.needs("mbsync", "isync");
        for (int i = 1; i <= 5; i++) letter("number " + i);
        Files.createDirectories(home.resolve("Mail"));
        Path rc = home.resolve("mbsyncrc");
        Files.writeString(
                rc,
                """
                IMAPStore remote
                Host 127.0.0.1
                Port %d
                User ben@example.com
                Pass lemon
                SSLType None
                AuthMechs LOGIN

                MaildirStore local
                Path %s/Mail/
                Inbox %s/Mail/INBOX
                SubFolders Verbatim

                Channel all
                Far :remote:
                Near :local:
                Patterns *
                Create Both
                Expunge Both
                SyncState *
                """
                        .formatted(office.port(Service.IMAP), home, home));
        External.run(home, "", "mbsync", "-c", rc.toString(), "-a").ok();
        assertEquals(5, count(home.resolve("Mail/INBOX")));
        Path fresh = home.resolve("Mail/INBOX/new/1.local");
        Files.writeString(fresh, "Subject: made here\n\nlocal\n");
        Path some;
        try (var files = Files.list(home.resolve("Mail/INBOX/new"))) {
            some = files.filter(file -> !file.equals(fresh)).findFirst().orElseThrow();
        }
        Files.delete(some);
        letter("number 6");
        External.run(home, "", "mbsync", "-c", rc.toString(), "-a").ok();
        assertEquals(6, count(home.resolve("Mail/INBOX")));
        assertEquals(6, office.messages("ben@example.com", "lemon"));
        External.Run idle = External.run(home, "", "mbsync", "-c", rc.toString(), "-a").ok();
        assertEquals(6, office.messages("ben@example.com", "lemon"), idle.out());
    }

    private static long count(Path maildir) throws IOException {
        long count = 0;
        for (String part : List.of("new", "cur")) {
            try (var files = Files.list(maildir.resolve(part))) {
                count += files.count();
            }
        }
        return count;
    }

    @Test
    void fetchmailFetchesByBothProtocols() throws Exception {
        External.needs("fetchmail", "fetchmail");
        for (String protocol : List.of("IMAP", "POP3")) {
            letter("for " + protocol);
            Service service = protocol.equals("IMAP") ? Service.IMAP : Service.POP3;
            Path box = home.resolve("box-" + protocol);
            Path rc = home.resolve("fetchmailrc");
            Files.writeString(
                    rc,
                    """
                    poll 127.0.0.1 service %d protocol %s
                      user "ben@example.com" password "lemon" sslproto '' fetchall
                      mda "cat >> %s"
                    """
                            .formatted(office.port(service), protocol, box));
            Files.setPosixFilePermissions(rc, PosixFilePermissions.fromString("rw-------"));
            External.run(
                            home,
                            "",
                            "fetchmail",
                            "-f",
                            rc.toString(),
                            "--pidfile",
                            home.resolve("pid").toString(),
                            "--nosyslog",
                            "--nodetach")
                    .ok();
            String fetched = Files.readString(box);
            assertTrue(fetched.contains("Subject: for " + protocol), fetched);
            assertEquals(0, office.messages("ben@example.com", "lemon"));
        }
    }

    @Test
    void getmailFetchesByBothProtocolsAndEachLetterOnce() throws Exception {
        External.needs("getmail", "getmail6");
        letter("here before");
        for (String protocol : List.of("IMAP", "POP3")) {
            Service service = protocol.equals("IMAP") ? Service.IMAP : Service.POP3;
            Path box = home.resolve("getmail-" + protocol);
            Path rc = home.resolve("getmailrc-" + protocol);
            // To a Maildir it delivers for no root. It misses the end of a child that is quicker
            // than itself, and waits a minute then (6.18): so the child takes its time.
            Files.writeString(
                    rc,
                    """
                    [retriever]
                    type = Simple%sRetriever
                    server = 127.0.0.1
                    port = %d
                    username = ben@example.com
                    password = lemon
                    [destination]
                    type = MDA_external
                    path = /bin/sh
                    arguments = ("-c", "cat >> %s; sleep 0.3")
                    allow_root_commands = true
                    [options]
                    read_all = false
                    delete = false
                    """
                            .formatted(protocol, office.port(service), box));
            getmail(rc);
            letter("for getmail by " + protocol);
            External.Run again = getmail(rc);
            String fetched = Files.readString(box);
            for (String subject : List.of("here before", "for getmail by " + protocol)) {
                assertEquals(2, fetched.split("Subject: " + subject + "\n").length, again.out());
            }
        }
        assertEquals(3, office.messages("ben@example.com", "lemon"));
        Path rc = home.resolve("getmailrc-POP3");
        Files.writeString(rc, Files.readString(rc).replace("delete = false", "delete = true"));
        getmail(rc);
        assertEquals(0, office.messages("ben@example.com", "lemon"));
    }

    private External.Run getmail(Path rc) throws Exception {
        String folder = home.toString();
        return External.run(home, "", "getmail", "-v", "-g", folder, "-r", rc.toString()).ok();
    }

    @Test
    void offlineimapSynchronizesBothWays() throws Exception {
        External.needs("offlineimap", "offlineimap3");
        for (int i = 1; i <= 4; i++) letter("number " + i);
        Path rc = home.resolve("offlineimaprc");
        Files.writeString(
                rc,
                """
                [general]
                accounts = ben
                metadata = %1$s/state
                [Account ben]
                localrepository = here
                remoterepository = there
                [Repository here]
                type = Maildir
                localfolders = %1$s/Mail
                [Repository there]
                type = IMAP
                remotehost = 127.0.0.1
                remoteport = %2$d
                remoteuser = ben@example.com
                remotepass = lemon
                ssl = no
                starttls = no
                auth_mechanisms = LOGIN
                """
                        .formatted(home, office.port(Service.IMAP)));
        offlineimap(rc);
        Path inbox = home.resolve("Mail/INBOX");
        assertEquals(4, count(inbox));
        // Here one is read, one goes and one comes; there one comes.
        List<Path> letters;
        try (var files = Files.list(inbox.resolve("new"))) {
            letters = files.sorted().toList();
        }
        String name = letters.get(0).getFileName().toString();
        Files.move(letters.get(0), inbox.resolve("cur").resolve(name.replaceAll(",$", ",S")));
        Files.delete(letters.get(1));
        Files.writeString(inbox.resolve("new/1.local:2,"), "Subject: made here\n\nlocal\n");
        letter("number 5");
        offlineimap(rc);
        assertEquals(5, count(inbox));
        try (Peer peer = Peer.reader(office.at(Service.IMAP), "ben@example.com", "lemon")) {
            peer.imap("SELECT INBOX");
            assertEquals("* SEARCH 1 2 3 4 5", peer.imap("SEARCH ALL").untagged().getFirst());
            String seen = peer.imap("SEARCH SEEN").untagged().getFirst();
            assertEquals(3, seen.split(" ").length, seen);
            String made = peer.imap("SEARCH SUBJECT \"made here\"").untagged().getFirst();
            assertEquals(3, made.split(" ").length, made);
        }
        External.Run idle = offlineimap(rc);
        assertEquals(5, office.messages("ben@example.com", "lemon"), idle.out());
    }

    private External.Run offlineimap(Path rc) throws Exception {
        return External.run(home, "", "offlineimap", "-c", rc.toString(), "-o", "-u", "basic").ok();
    }

    @Test
    void muttSendsAndReads() throws Exception {
        External.needs("mutt", "mutt");
        External.needs("script", "bsdutils");
        Path rc = home.resolve("muttrc");
        Files.writeString(
                rc,
                """
                set from="ann@example.com"
                set realname="Ann"
                set smtp_url="smtp://ann@example.com@127.0.0.1:%d/"
                set smtp_pass="orange"
                set smtp_authenticators="plain"
                set ssl_starttls=no
                set ssl_force_tls=no
                set imap_user="ben@example.com"
                set imap_pass="lemon"
                set imap_authenticators="login"
                set folder="imap://127.0.0.1:%d/"
                set copy=no
                set quit=yes
                set confirmappend=no
                set confirmcreate=no
                set delete=yes
                set wait_key=no
                set sleep_time=0
                """
                        .formatted(office.port(Service.SUBMISSION), office.port(Service.IMAP)));
        External.run(
                        home,
                        "お元気ですか\n",
                        "mutt",
                        "-F",
                        rc.toString(),
                        "-s",
                        "ご挨拶",
                        "--",
                        "ben@example.com")
                .ok();
        assertEquals(1, office.messages("ben@example.com", "lemon"));
        Path read = home.resolve("read");
        String keys = "<pipe-entry>cat > " + read + "<enter><save-message>=Saved<enter>y<quit>y";
        String mutt =
                "mutt -F %s -f imap://127.0.0.1:%d/INBOX -e 'push \"%s\"'"
                        .formatted(rc, office.port(Service.IMAP), keys);
        External.Run run = External.run(home, "", "script", "-qec", mutt, "/dev/null");
        assertTrue(Files.exists(read), run.out());
        assertTrue(Files.readString(read).contains("Subject:"), Files.readString(read));
        assertEquals(0, office.messages("ben@example.com", "lemon"), run.out());
        try (Peer peer = Peer.reader(office.at(Service.IMAP), "ben@example.com", "lemon")) {
            assertTrue(
                    peer.imap("STATUS Saved (MESSAGES)")
                            .untagged()
                            .getFirst()
                            .contains("MESSAGES 1"));
        }
    }

    @Test
    void pythonsOwnLibrariesAreContent() throws Exception {
        External.needs("python3", "python3");
        Path script =
                Path.of(
                        System.getProperty("yubin.root"),
                        "postmaster/src/test/clients/python_clients.py");
        List<String> command = new java.util.ArrayList<>(List.of("python3", script.toString()));
        for (Service service :
                List.of(
                        Service.SUBMISSION,
                        Service.SUBMISSIONS,
                        Service.SMTP,
                        Service.LMTP,
                        Service.IMAP,
                        Service.IMAPS,
                        Service.POP3,
                        Service.POP3S)) {
            command.add(Integer.toString(office.port(service)));
        }
        String out = External.run(home, "", command.toArray(String[]::new)).ok().out();
        assertTrue(out.contains("all is well"), out);
    }

    private void letter(String subject) throws IOException {
        String reply =
                Peer.deliver(
                        office.at(Service.SMTP),
                        "cat@example.net",
                        "ben@example.com",
                        "From: cat@example.net\r\nSubject: " + subject + "\r\n\r\nHello\r\n");
        assertTrue(reply.startsWith("250"), reply);
    }
}
