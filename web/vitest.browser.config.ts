import { defineConfig } from 'vitest/config';

// Tests in a real browser; they need what `npm run build` made.
export default defineConfig({
    test: { include: ['tests/browser/**/*.test.mjs'], testTimeout: 90_000, hookTimeout: 90_000, fileParallelism: false },
});
