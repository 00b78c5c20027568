// Starts the client: theme and language first, so that nothing flickers, then the application.
import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { applyTheme } from './store/preferences.svelte.ts';

applyTheme();
mount(App, { target: document.getElementById('app')! });

if ('serviceWorker' in navigator && import.meta.env.PROD) {
    navigator.serviceWorker.register('/sw.js').catch((error: unknown) => {
        console.warn('no reading offline: the service worker was not installed', error);
    });
}
