package yubin.directory;

/// What the server says next in a SASL exchange (RFC 4422 §3).
public sealed interface Step {
    /// Send these octets (in Base64, as all our protocols do) and give the answer to
    /// [Sasl#respond].
    record Challenge(byte[] octets) implements Step {}

    /// How an exchange, or a login by name and password, ended.
    sealed interface End extends Step {}

    record Done(Login login) implements End {}

    /// @param forPeer one sentence in ASCII without secrets
    /// @param forLog with the name that was tried, never the password
    record Failed(Why why, String forPeer, String forLog) implements End {}

    /// For the window to choose its code.
    enum Why {
        /// 535 5.7.8, `[AUTHENTICATIONFAILED]`, `[AUTH]`. Also for people who do not exist.
        CREDENTIALS,
        /// 501 5.5.2, BAD: the exchange cannot be read.
        MALFORMED,
        /// 535 5.7.8, `[AUTHORIZATIONFAILED]`: good, but not for this use, or for somebody else.
        NOT_ALLOWED,
        /// 535 5.7.13, `[CONTACTADMIN]`: the account is disabled. Said only with a good password.
        DISABLED,
        /// 454 4.7.0, `[UNAVAILABLE]`, `[SYS/TEMP]`: too many attempts, or our own trouble.
        LATER
    }
}
