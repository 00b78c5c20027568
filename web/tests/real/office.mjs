// A real post office of example.com in a folder of its own, on ports that the system chose.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const program = resolve(import.meta.dirname, '../../../yubin');
const silent = ['smtp', 'submission', 'submissions', 'lmtp', 'imap', 'imaps', 'pop3', 'pop3s', 'sieve', 'https', 'dns', 'dot'];

export class Office {
    /** @param accounts passwords by local part */
    static async open(accounts) {
        const folder = await mkdtemp(join(tmpdir(), 'yubin-real-'));
        const office = new Office(folder);
        try {
            await writeFile(
                office.config,
                ['hostname = "mail.example.com"', '[listen]', 'http = ["127.0.0.1:0"]', ...silent.map((each) => `${each} = []`), ''].join('\n'),
            );
            await office.run('domain', 'add', 'example.com');
            for (const [name, password] of Object.entries(accounts)) {
                await office.run('account', 'add', `${name}@example.com`, '--password', password);
            }
            await office.serve();
        } catch (error) {
            await office.close();
            throw error;
        }
        return office;
    }

    constructor(folder) {
        this.folder = folder;
        this.config = join(folder, 'yubin.toml');
        this.said = [];
    }

    async run(...words) {
        await promisify(execFile)(program, [...words, '--config', this.config]);
    }

    /** Ends when the server has said that it is open. */
    serve() {
        this.server = spawn(program, ['serve', '--config', this.config], { stdio: ['ignore', 'pipe', 'pipe'] });
        return new Promise((done, failed) => {
            const hear = (line) => {
                this.said.push(line);
                const at = /\bhttp +(127\.0\.0\.1:\d+)/.exec(line);
                if (at) this.url = `http://${at[1]}`;
                if (/\bopen: mail\.example\.com/.test(line)) done();
            };
            createInterface({ input: this.server.stdout }).on('line', hear);
            createInterface({ input: this.server.stderr }).on('line', hear);
            this.server.on('error', failed);
            this.server.on('exit', (code) => failed(new Error(`the server ended with ${code}:\n${this.said.join('\n')}`)));
        });
    }

    async close() {
        if (this.server && this.server.exitCode === null && this.server.signalCode === null) {
            const ended = once(this.server, 'exit');
            this.server.kill('SIGTERM');
            await ended;
        }
        await rm(this.folder, { recursive: true, force: true });
    }
}
