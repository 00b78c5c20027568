import { defineConfig } from 'vitest/config';

// Against a post office that was built; they start `yubin serve` themselves. A slow machine may take minutes.
export default defineConfig({
    test: { include: ['tests/real/**/*.test.mjs'], testTimeout: 120_000, hookTimeout: 300_000, fileParallelism: false },
});
