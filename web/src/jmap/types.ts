// The records of JMAP as the client reads them. RFC 8620, RFC 8621.

export type Id = string;
/** UTC, as `2026-11-25T10:00:00Z`. RFC 8620 §1.4. */
export type UTCDate = string;

export interface Session {
    capabilities: Record<string, unknown> & { 'urn:ietf:params:jmap:core': CoreLimits };
    accounts: Record<Id, Account>;
    primaryAccounts: Record<string, Id>;
    username: string;
    apiUrl: string;
    downloadUrl: string;
    uploadUrl: string;
    eventSourceUrl: string;
    state: string;
}

export interface CoreLimits {
    maxSizeUpload: number;
    maxConcurrentUpload: number;
    maxSizeRequest: number;
    maxConcurrentRequests: number;
    maxCallsInRequest: number;
    maxObjectsInGet: number;
    maxObjectsInSet: number;
}

export interface Account {
    name: string;
    isPersonal: boolean;
    isReadOnly: boolean;
    accountCapabilities: Record<string, unknown>;
}

export type Role =
    | 'inbox'
    | 'drafts'
    | 'sent'
    | 'archive'
    | 'junk'
    | 'trash'
    | 'important'
    | 'flagged'
    | 'scheduled'
    | 'snoozed'
    | 'all';

export interface MailboxRights {
    mayReadItems: boolean;
    mayAddItems: boolean;
    mayRemoveItems: boolean;
    maySetSeen: boolean;
    maySetKeywords: boolean;
    mayCreateChild: boolean;
    mayRename: boolean;
    mayDelete: boolean;
    maySubmit: boolean;
}

export interface Mailbox {
    id: Id;
    name: string;
    parentId: Id | null;
    role: Role | null;
    sortOrder: number;
    totalEmails: number;
    unreadEmails: number;
    totalThreads: number;
    unreadThreads: number;
    myRights: MailboxRights;
    isSubscribed: boolean;
}

export interface EmailAddress {
    name: string | null;
    email: string;
}

export interface EmailBodyPart {
    partId: string | null;
    blobId: Id | null;
    size: number;
    name: string | null;
    type: string;
    charset: string | null;
    disposition: string | null;
    cid: string | null;
    language?: string[] | null;
}

export interface EmailBodyValue {
    value: string;
    isEncodingProblem: boolean;
    isTruncated: boolean;
}

/** What a row of a list needs. */
export interface Email {
    id: Id;
    blobId: Id;
    threadId: Id;
    mailboxIds: Record<Id, true>;
    keywords: Record<string, true>;
    size: number;
    receivedAt: UTCDate;
    sentAt: string | null;
    from: EmailAddress[] | null;
    to: EmailAddress[] | null;
    subject: string | null;
    hasAttachment: boolean;
    preview: string;
    /** Null until the letter was opened. */
    full?: Letter;
}

/** What reading a letter needs beside its row. */
export interface Letter {
    cc: EmailAddress[] | null;
    bcc: EmailAddress[] | null;
    replyTo: EmailAddress[] | null;
    messageId: string[] | null;
    inReplyTo: string[] | null;
    references: string[] | null;
    textBody: EmailBodyPart[];
    htmlBody: EmailBodyPart[];
    attachments: EmailBodyPart[];
    bodyValues: Record<string, EmailBodyValue>;
    listUnsubscribe: string[] | null;
    /** True when one click is enough. RFC 8058 §3.1. */
    oneClick: boolean;
}

export const rowProperties = [
    'id',
    'blobId',
    'threadId',
    'mailboxIds',
    'keywords',
    'size',
    'receivedAt',
    'sentAt',
    'from',
    'to',
    'subject',
    'hasAttachment',
    'preview',
];

export const letterProperties = [
    ...rowProperties,
    'cc',
    'bcc',
    'replyTo',
    'messageId',
    'inReplyTo',
    'references',
    'textBody',
    'htmlBody',
    'attachments',
    'bodyValues',
    'header:List-Unsubscribe:asURLs',
    'header:List-Unsubscribe-Post:asText',
];

export interface Thread {
    id: Id;
    emailIds: Id[];
}

export interface Identity {
    id: Id;
    name: string;
    email: string;
    replyTo: EmailAddress[] | null;
    bcc: EmailAddress[] | null;
    textSignature: string;
    htmlSignature: string;
    mayDelete: boolean;
}

export interface DeliveryStatus {
    smtpReply: string;
    delivered: 'queued' | 'yes' | 'no' | 'unknown';
    displayed: 'unknown' | 'yes';
}

export interface EmailSubmission {
    id: Id;
    identityId: Id;
    emailId: Id;
    threadId: Id;
    sendAt: UTCDate;
    undoStatus: 'pending' | 'final' | 'canceled';
    deliveryStatus: Record<string, DeliveryStatus> | null;
    envelope: { rcptTo: { email: string }[] } | null;
}

/** What happened to a letter that was handed in; our own extension, docs/jmap.md. */
export interface JourneyStep {
    at: UTCDate;
    what: string;
    recipient: string | null;
    host: string | null;
    text: string | null;
    explanation: { topic: string; nextStep: string; happened: string; whose: string; next: string[] } | null;
}

export interface Journey {
    id: Id;
    letters: { queueId: string; acceptedAt: UTCDate; recipients: string[]; steps: JourneyStep[] }[];
}

/** An address that failed for good when this account wrote there; our own extension, docs/jmap.md. */
export interface BouncedAddress {
    address: string;
    firstAt: UTCDate;
    lastAt: UTCDate;
    count: number;
    status: string;
    text: string;
    explanation: NonNullable<JourneyStep['explanation']>;
}

export interface SearchSnippet {
    emailId: Id;
    subject: string | null;
    preview: string | null;
}

export interface SetError {
    type: string;
    description?: string | null;
    properties?: string[];
}

export type Filter =
    | { operator: 'AND' | 'OR' | 'NOT'; conditions: Filter[] }
    | Record<string, string | number | boolean | string[]>;

export interface Comparator {
    property: string;
    isAscending?: boolean;
    keyword?: string;
}

export interface GetAnswer<T> {
    accountId: Id;
    state: string;
    list: T[];
    notFound: Id[];
}

export interface SetAnswer<T> {
    accountId: Id;
    oldState: string | null;
    newState: string;
    created: Record<string, T> | null;
    updated: Record<Id, Partial<T> | null> | null;
    destroyed: Id[] | null;
    notCreated: Record<string, SetError> | null;
    notUpdated: Record<Id, SetError> | null;
    notDestroyed: Record<Id, SetError> | null;
}

export interface ChangesAnswer {
    oldState: string;
    newState: string;
    hasMoreChanges: boolean;
    created: Id[];
    updated: Id[];
    destroyed: Id[];
    /** Only of Mailbox/changes. RFC 8621 §2.2. */
    updatedProperties?: string[] | null;
}

export interface QueryAnswer {
    queryState: string;
    canCalculateChanges: boolean;
    position: number;
    ids: Id[];
    total?: number;
    limit?: number;
}

export interface QueryChangesAnswer {
    oldQueryState: string;
    newQueryState: string;
    total?: number;
    removed: Id[];
    added: { id: Id; index: number }[];
}

export interface StateChange {
    '@type': 'StateChange';
    changed: Record<Id, Record<string, string>>;
}
