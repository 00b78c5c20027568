package yubin.jmap;

import java.util.LinkedHashMap;
import java.util.Map;

/// The list of all methods, by capability: what is not here is not announced either.
final class Methods {
    private Methods() {}

    static Map<String, Map<String, Method>> all(Office office) {
        Map<String, Map<String, Method>> all = new LinkedHashMap<>();
        all.put(Capabilities.MAIL, mail(office));
        return all;
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
