package yubin.bench;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Login;
import yubin.directory.Use;
import yubin.jmap.Jmap;
import yubin.jmap.Response;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.RetryTimes;
import yubin.store.Boxes;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;
import yubin.store.Role;
import yubin.store.Store;

/// What a list of 50 emails costs: Email/query and Email/get in one request, straight through the
/// room `jmap`, as CPU time of the thread that answers.
///
/// Arguments: data folder (made and filled where it is new), messages in the inbox.
public final class JmapBench {
    private static final Address ANN = Address.of("ann@example.com");
    private static final int WARM = 3_000;
    private static final int ROUNDS = 1_000;

    private JmapBench() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: JmapBench DATA COUNT");
            System.exit(2);
        }
        int count = Integer.parseInt(arguments[1]);
        InstantSource clock = InstantSource.system();
        Domain hostname = Domain.of("mail.example.com");
        try (Store store = Store.open(Path.of(arguments[0]), clock);
                Directory directory =
                        Directory.open(store, clock, Directory.Settings.of(hostname));
                Intake intake =
                        Intake.open(
                                store,
                                directory,
                                Inspector.PASS_ALL,
                                hostname,
                                clock,
                                RetryTimes.standard())) {
            Login login = login(directory);
            Boxes boxes = store.boxes(login.account());
            if (boxes.usage().messages() < count) {
                FillMailbox.fill(store, login.account(), count, 1000);
            }
            Jmap jmap = new Jmap(store, directory, intake, clock, Jmap.Settings.of(hostname));
            measure(jmap, login, boxes);
        }
    }

    private static Login login(Directory directory) throws Exception {
        if (!(directory.find(ANN) instanceof Found.Local)) {
            Administration administration = directory.administration();
            administration.addDomain("example.com");
            administration.addAccount(
                    new Administration.NewAccount(
                            ANN.toString(),
                            "secret",
                            "Ann",
                            Long.MAX_VALUE,
                            false,
                            Account.Type.PERSON,
                            null));
        }
        var found = (Found.Local) directory.find(ANN);
        return new Login(
                found.targets().getFirst().account(),
                1,
                1,
                Use.ALL,
                ANN,
                1,
                Set.of(),
                Long.MAX_VALUE,
                "en");
    }

    private static void measure(Jmap jmap, Login login, Boxes boxes) throws Exception {
        int inbox = boxes.role(Role.INBOX).orElseThrow().id();
        String account = "a" + login.account();
        for (boolean collapse : new boolean[] {false, true}) {
            byte[] request = request(account, "m" + inbox, collapse);
            for (int i = 0; i < WARM; i++) check(jmap.answer(login, request));
            report("the same list again", collapse, jmap, login, request, null);
            Runnable change =
                    () -> {
                        try {
                            int uid = boxes.view(inbox).now().uid(0);
                            boolean seen = (boxes.view(inbox).now().flags(0) & Flags.SEEN) != 0;
                            boxes.store(
                                    inbox,
                                    new int[] {uid},
                                    seen ? FlagOperation.REMOVE : FlagOperation.ADD,
                                    Flags.SEEN,
                                    Long.MAX_VALUE);
                        } catch (java.io.IOException e) {
                            throw new IllegalStateException(e);
                        }
                    };
            report("the list after a change", collapse, jmap, login, request, change);
        }
    }

    private static byte[] request(String account, String mailbox, boolean collapse) {
        return """
                {"using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
                 "methodCalls": [["Email/query", {"accountId": "%1$s", "limit": 50,
                    "filter": {"inMailbox": "%2$s"}, "collapseThreads": %3$s,
                    "sort": [{"property": "receivedAt", "isAscending": false}]}, "0"],
                  ["Email/get", {"accountId": "%1$s", "#ids": {"resultOf": "0",
                    "name": "Email/query", "path": "/ids"},
                    "properties": ["id", "threadId", "mailboxIds", "keywords", "from", "to",
                      "subject", "receivedAt", "size", "preview", "hasAttachment"]}, "1"]]}"""
                .formatted(account, mailbox, collapse)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void report(
            String what,
            boolean collapse,
            Jmap jmap,
            Login login,
            byte[] request,
            Runnable before) {
        var threads = ManagementFactory.getThreadMXBean();
        long[] cpu = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            if (before != null) before.run();
            long began = threads.getCurrentThreadCpuTime();
            check(jmap.answer(login, request));
            cpu[i] = threads.getCurrentThreadCpuTime() - began;
        }
        Arrays.sort(cpu);
        System.out.printf(
                "%s%s: median %.3f ms, 95 %% %.3f ms%n",
                what,
                collapse ? ", threads collapsed" : "",
                cpu[ROUNDS / 2] / 1e6,
                cpu[ROUNDS * 95 / 100] / 1e6);
    }

    private static void check(Response response) {
        if (response.status() != 200 || response.body().length < 10_000) {
            throw new IllegalStateException(new String(response.body(), StandardCharsets.UTF_8));
        }
    }
}
