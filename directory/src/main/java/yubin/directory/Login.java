package yubin.directory;

import java.util.Set;
import yubin.mail.AccountId;
import yubin.mail.Address;

/// Somebody who has shown who they are. A session holds it until it ends.
///
/// @param credential which of the account's credentials was shown; revoking it ends the session
/// @param credentialVersion grows when the password changes
/// @param scope what the credential is good for
/// @param address the account's own address
/// @param quotaOctets what the box may hold; `Long.MAX_VALUE` for no quota
/// @param language of the person, `ja` or `en`
public record Login(
        AccountId account,
        long credential,
        long credentialVersion,
        Set<Use> scope,
        Address address,
        int tenant,
        Set<TenantRole> roles,
        long quotaOctets,
        String language) {
    public Login {
        scope = Set.copyOf(scope);
        roles = Set.copyOf(roles);
    }

    public boolean isAdmin() {
        return roles.contains(TenantRole.ADMIN);
    }
}
