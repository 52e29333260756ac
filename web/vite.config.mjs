import { defineConfig } from 'vite';

// Stable file names and no inlined assets: the program embeds exactly index.html, app.js, app.css
// and icon.svg, and its content security policy allows nothing inline.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]', codeSplitting: false },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
});
