// Octets up, with progress. RFC 8620 §6.1.
import { RequestRefused, SignedOut, Unreachable } from './client.ts';
import type { Id } from './types.ts';

export interface Uploaded {
    blobId: Id;
    type: string;
    size: number;
}

/** `fetch` tells nothing about progress upward, so this is an XMLHttpRequest. */
export function upload(
    url: string,
    file: Blob,
    onProgress: (part: number) => void,
    signal: AbortSignal,
): Promise<Uploaded> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('POST', url);
        request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
        request.setRequestHeader('X-Yubin', '1');
        request.upload.onprogress = (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0);
        request.onload = () => {
            if (request.status === 401) reject(new SignedOut('not signed in'));
            else if (request.status >= 300) reject(new RequestRefused(request.status, '', `status ${request.status}`));
            else resolve(JSON.parse(request.responseText) as Uploaded);
        };
        request.onerror = () => reject(new Unreachable('upload'));
        request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
        signal.addEventListener('abort', () => request.abort(), { once: true });
        request.send(file);
    });
}
