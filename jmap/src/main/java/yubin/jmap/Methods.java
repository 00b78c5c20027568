package yubin.jmap;

import java.util.LinkedHashMap;
import java.util.Map;

/// The list of all methods, by capability: what is not here is not announced either.
final class Methods {
    private Methods() {}

    static Map<String, Map<String, Method>> all(Office office) {
        Map<String, Map<String, Method>> all = new LinkedHashMap<>();
        all.put(Capabilities.MAIL, mail(office));
        all.put(Capabilities.SUBMISSION, submission(office));
        all.put(Capabilities.BLOB, new BlobMethods(office).all());
        all.put(Capabilities.QUOTA, QuotaMethods.all());
        all.put(Capabilities.MDN, new MdnMethods(office).all());
        all.put(Capabilities.TRACE, new TraceMethods(office).all());
        return all;
    }

    /// Those of the core besides `Core/echo`.
    static Map<String, Method> core(Office office) {
        Map<String, Method> core = new LinkedHashMap<>(new PushMethods(office).all());
        core.put("Blob/copy", BlobMethods::copy);
        return core;
    }

    private static Map<String, Method> submission(Office office) {
        Map<String, Method> submission = new LinkedHashMap<>();
        submission.putAll(new IdentityMethods(office).all());
        submission.putAll(new SubmissionMethods(office).all());
        return submission;
    }

    private static Map<String, Method> mail(Office office) {
        Map<String, Method> mail = new LinkedHashMap<>();
        mail.putAll(new MailboxMethods(new MailboxCounts(office.catalogs())).all());
        mail.put("Mailbox/set", MailboxSet::set);
        mail.put("Mailbox/query", MailboxQuery::query);
        mail.put("Mailbox/queryChanges", MailboxQuery::queryChanges);
        mail.putAll(ThreadMethods.all());
        mail.putAll(new EmailMethods(office).all());
        EmailQuery query = new EmailQuery(office);
        mail.put("Email/query", query::query);
        mail.put("Email/queryChanges", query::queryChanges);
        mail.put("Email/set", (context, args) -> EmailSet.set(office, context, args));
        mail.put("Email/import", (context, args) -> EmailImport.importAll(office, context, args));
        mail.put("Email/copy", EmailImport::copy);
        mail.put("SearchSnippet/get", SnippetMethods::get);
        return mail;
    }
}
