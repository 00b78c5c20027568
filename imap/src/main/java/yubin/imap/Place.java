package yubin.imap;

import yubin.store.Boxes;

/// Where mailboxes are and what this login may do with them. Today these are always the login's own
/// boxes with every right; mailboxes that others share come in here.
///
/// @param boxes of the account that owns the mailboxes, which need not be the login's
/// @param tenant whose blobs new messages become
/// @param quotaOctets what the boxes may hold
record Place(Boxes boxes, int tenant, long quotaOctets) {}
