import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// Where `yubin dev` listens; the development server passes on all that is not the client itself.
const server = process.env.YUBIN_DEV_SERVER ?? 'http://127.0.0.1:8080';
const paths = ['/jmap', '/.well-known', '/auth', '/login', '/logout', '/view', '/image', '/unsubscribe'];

export default defineConfig({
    plugins: [svelte()],
    build: {
        outDir: process.env.YUBIN_WEB_OUT ?? 'dist',
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: { polyfill: false },
        rollupOptions: {
            input: { app: 'index.html', sw: 'src/sw.ts' },
            output: {
                entryFileNames: (chunk) =>
                    chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js',
            },
        },
    },
    server: { proxy: Object.fromEntries(paths.map((path) => [path, { target: server }])) },
});
