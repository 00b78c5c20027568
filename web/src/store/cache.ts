// What is kept on this device: records for reading offline, changes and letters not yet sent.
import type { Email, Id } from '../jmap/types.ts';

const version = 1;
const emailsMost = 5_000;

/** One IndexedDB for each person who signs in here. A device that refuses storage keeps nothing. */
export class Cache {
    private constructor(private readonly db: IDBDatabase | null) {}

    static async open(username: string): Promise<Cache> {
        if (typeof indexedDB === 'undefined') return new Cache(null);
        try {
            const opening = indexedDB.open(`yubin ${username}`, version);
            opening.onupgradeneeded = () => {
                const db = opening.result;
                db.createObjectStore('emails', { keyPath: 'id' }).createIndex('seen', 'cachedAt');
                db.createObjectStore('things');
                db.createObjectStore('waiting', { keyPath: 'key' });
            };
            return new Cache(await done(opening));
        } catch (error) {
            console.warn('nothing can be kept on this device', error);
            return new Cache(null);
        }
    }

    /** Removes all that is kept here for this person: they signed out. */
    static async forget(username: string): Promise<void> {
        if (typeof indexedDB === 'undefined') return;
        await done(indexedDB.deleteDatabase(`yubin ${username}`)).catch(() => undefined);
    }

    async thing<T>(name: string): Promise<T | undefined> {
        if (!this.db) return undefined;
        return (await done(this.db.transaction('things').objectStore('things').get(name))) as T | undefined;
    }

    async keepThing(name: string, value: unknown): Promise<void> {
        if (!this.db) return;
        await done(this.db.transaction('things', 'readwrite').objectStore('things').put(value, name));
    }

    async emails(ids: Iterable<Id>): Promise<Email[]> {
        if (!this.db) return [];
        const store = this.db.transaction('emails').objectStore('emails');
        const found = await Promise.all([...ids].map((id) => done(store.get(id) as IDBRequest<Email | undefined>)));
        return found.filter((email) => email !== undefined);
    }

    /** Bounded: what was not looked at for longest goes first. */
    async keepEmails(emails: Iterable<Email>): Promise<void> {
        if (!this.db) return;
        const store = this.db.transaction('emails', 'readwrite').objectStore('emails');
        const now = Date.now();
        for (const email of emails) store.put({ ...email, cachedAt: now });
        const count = await done(store.count());
        let surplus = count - emailsMost;
        if (surplus <= 0) return;
        const walk = store.index('seen').openCursor();
        walk.onsuccess = () => {
            const cursor = walk.result;
            if (!cursor || surplus-- <= 0) return;
            cursor.delete();
            cursor.continue();
        };
    }

    async dropEmails(ids: Iterable<Id>): Promise<void> {
        if (!this.db) return;
        const store = this.db.transaction('emails', 'readwrite').objectStore('emails');
        for (const id of ids) store.delete(id);
    }

    /** Entries that wait for the network, in the order of their keys. */
    async waiting<T extends { key: string }>(): Promise<T[]> {
        if (!this.db) return [];
        return (await done(this.db.transaction('waiting').objectStore('waiting').getAll())) as T[];
    }

    async putWaiting(entry: { key: string }): Promise<void> {
        if (!this.db) return;
        await done(this.db.transaction('waiting', 'readwrite').objectStore('waiting').put(entry));
    }

    async dropWaiting(key: string): Promise<void> {
        if (!this.db) return;
        await done(this.db.transaction('waiting', 'readwrite').objectStore('waiting').delete(key));
    }

    /** False when a letter written offline would be lost with the tab. */
    get keeps(): boolean {
        return this.db !== null;
    }

    close(): void {
        this.db?.close();
    }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
}
