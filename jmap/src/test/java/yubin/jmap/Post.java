package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Login;
import yubin.directory.Outcome;
import yubin.directory.Use;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mime.Message;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.RetryTimes;
import yubin.search.Catalogue;
import yubin.store.Boxes;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;

/// A real store, directory and queue in a temporary folder, with a JMAP window before them.
/// Requests and answers are JSON with `'` for `"`.
final class Post implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-25T01:35:00Z");
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// May be moved; everything here reads it.
    volatile Instant now = NOW;

    final Store store;
    final Directory directory;
    final Intake intake;
    final Jmap jmap;

    private final Catalogue catalogue;

    Post(Path folder) throws IOException {
        this(folder, false);
    }

    Post(Path folder, boolean withCatalogue) throws IOException {
        store = Store.open(folder.resolve("data"), () -> now);
        directory =
                Directory.open(
                        store, () -> now, Directory.Settings.of(Domain.of("mx.example.com")));
        assertInstanceOf(Outcome.Ok.class, directory.administration().addDomain("example.com"));
        intake =
                Intake.open(
                        store,
                        directory,
                        Inspector.PASS_ALL,
                        Domain.of("mx.example.com"),
                        () -> now,
                        RetryTimes.standard());
        catalogue = withCatalogue ? Catalogue.of(store, folder.resolve("search")) : null;
        if (withCatalogue) catalogue.start();
        jmap =
                new Jmap(
                        store,
                        directory,
                        intake,
                        () -> now,
                        new Jmap.Settings(Domain.of("mx.example.com"), 1 << 20, 1 << 20),
                        catalogue);
    }

    /// A person with an account of their own.
    Person person() throws IOException {
        return person(Long.MAX_VALUE);
    }

    Person person(long quotaOctets) throws IOException {
        String address = "u" + NUMBERS.incrementAndGet() + "@example.com";
        Outcome outcome =
                directory
                        .administration()
                        .addAccount(
                                new Administration.NewAccount(
                                        address,
                                        "secret",
                                        "Ann",
                                        quotaOctets,
                                        false,
                                        Account.Type.PERSON,
                                        null));
        assertInstanceOf(Outcome.Ok.class, outcome, outcome.text());
        var found = (Found.Local) directory.find(Address.of(address));
        Account account = directory.account(found.targets().getFirst().account()).orElseThrow();
        return new Person(
                new Login(
                        account.id(),
                        1,
                        1,
                        Use.ALL,
                        account.address(),
                        account.tenant(),
                        java.util.Set.of(),
                        quotaOctets,
                        "en"));
    }

    /// Somebody who has logged in, and their client.
    final class Person {
        final Login login;
        final String account;
        final Boxes boxes;

        Person(Login login) throws IOException {
            this.login = login;
            account = Ids.account(login.account());
            boxes = store.boxes(login.account());
        }

        /// Puts a message into the inbox, as a delivery does; returns its number.
        long deliver(String text) throws IOException {
            return deliver(text, now);
        }

        long deliver(String text, Instant at) throws IOException {
            byte[] octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
            try (Upload upload = store.blobs().upload(login.tenant())) {
                upload.write(octets, 0, octets.length);
                upload.finish();
                return boxes.append(
                                inbox(),
                                new NewEmail(
                                        upload,
                                        Message.parse(octets),
                                        new byte[0],
                                        0,
                                        at.toEpochMilli(),
                                        540),
                                Long.MAX_VALUE)
                        .emailId();
            }
        }

        int inbox() {
            return boxes.role(Role.INBOX).orElseThrow().id();
        }

        String inboxId() {
            return "m" + inbox();
        }

        /// Uploads a text and returns its blobId.
        String upload(String type, String text) throws IOException {
            return upload(type, text.getBytes(StandardCharsets.UTF_8));
        }

        String upload(String type, byte[] octets) throws IOException {
            Response response =
                    jmap.upload(
                            login, account, type, octets.length, new ByteArrayInputStream(octets));
            assertEquals(201, response.status());
            return Api.JSON.readTree(response.body()).get("blobId").stringValue();
        }

        /// Sends method calls and returns the method responses. `@a` stands for the account's id,
        /// `@inbox` for that of its inbox.
        ArrayNode calls(String calls) {
            ObjectNode response =
                    request("{'using': " + using() + ", 'methodCalls': " + calls + "}");
            return (ArrayNode) response.get("methodResponses");
        }

        /// All capabilities that there are.
        private String using() {
            ArrayNode using = Api.JSON.createArrayNode();
            try {
                jmap.session(login, "").get("capabilities").propertyNames().forEach(using::add);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return using.toString();
        }

        ObjectNode request(String request) {
            Response response =
                    jmap.answer(login, filled(request).getBytes(StandardCharsets.UTF_8));
            String text = new String(response.body(), StandardCharsets.UTF_8);
            assertEquals(200, response.status(), text);
            return (ObjectNode) Api.JSON.readTree(text);
        }

        /// One call with these arguments besides `accountId`; returns the answer's arguments.
        ObjectNode call(String method, String arguments) {
            ArrayNode responses = one(method, arguments);
            assertEquals(method, responses.at("/0/0").stringValue(), responses.toString());
            return (ObjectNode) responses.at("/0/1");
        }

        /// One call that fails; returns the type of its error.
        String error(String method, String arguments) {
            ArrayNode responses = one(method, arguments);
            assertEquals("error", responses.at("/0/0").stringValue(), responses.toString());
            return responses.at("/0/1/type").stringValue();
        }

        private ArrayNode one(String method, String arguments) {
            String rest = arguments.isEmpty() ? "" : ", " + arguments;
            return calls("[['" + method + "', {'accountId': '@a'" + rest + "}, '0']]");
        }

        String filled(String json) {
            return quoted(json.replace("@a'", account + "'").replace("@inbox", inboxId()));
        }

        /// Every member of `expected` is in `actual` and equal; `actual` may have more.
        void has(String expected, JsonNode actual) {
            compare("", Api.JSON.readTree(filled(expected)), actual);
        }
    }

    private static void compare(String path, JsonNode expected, JsonNode actual) {
        if (expected.isObject() && actual != null && actual.isObject()) {
            for (var member : expected.properties()) {
                compare(
                        path + "/" + member.getKey(),
                        member.getValue(),
                        actual.get(member.getKey()));
            }
        } else if (expected.isArray()
                && actual != null
                && actual.isArray()
                && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                compare(path + "/" + i, expected.get(i), actual.get(i));
            }
        } else {
            assertEquals(expected, actual, path);
        }
    }

    static String quoted(String json) {
        return json.replace('\'', '"');
    }

    @Override
    public void close() {
        intake.close();
        if (catalogue != null) catalogue.close();
        directory.close();
        store.close();
    }
}
