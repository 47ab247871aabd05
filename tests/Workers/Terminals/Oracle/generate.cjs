// Writes states.txt: samples of terminal output, and for each place in them whether a real terminal stands in ground
// there, as @xterm/headless 6.0.0 says. Run it only to change the samples:
//   npm install --no-save @xterm/headless@6.0.0 && node generate.cjs [NAME=FILE …] > states.txt
// Each NAME=FILE is a recording to take in beside those made here; recordings in states.txt are kept.
// A line: name, the bytes (base64), and a bit for each place from before the first byte to after the last (base64).
const fs = require('node:fs');
const { Terminal } = require('@xterm/headless');

const E = '\x1b';
const samples = new Map();
const kept = `${__dirname}/states.txt`;
if (fs.existsSync(kept)) {
  for (const line of fs.readFileSync(kept, 'utf8').split('\n').filter(Boolean)) {
    const [name, bytes] = line.split(' ');
    if (name.startsWith('recorded-')) samples.set(name, Buffer.from(bytes, 'base64'));
  }
}
for (const argument of process.argv.slice(2)) {
  const [name, file] = argument.split('=');
  samples.set(`recorded-${name}`, fs.readFileSync(file));
}

samples.set('colours', Buffer.from(
  `${E}[1;31mred${E}[0m plain\r\n${E}[38;2;10;20;30mtrue${E}[38:5:12m colon${E}[m\r\n` +
  `${E}[?25l${E}[2K\r 42% ${E}[32m####${E}[39m    \r 43%${E}[?25h\r\n${E}[>4;2m${E}[!p${E}[0 q${E}#8${E}(B${E}%G\r\n`));
samples.set('emoji', Buffer.from(
  'naïve café ✅ 👩‍👩‍👧‍👦 🇨🇭 日本語 e\u0301 \u{1F3F4}\u{E0067}\u{E0062}\u{E007F} ½ ñandú\r\nnext 🚀🚀🚀 line\r\n'.repeat(3)));
samples.set('titles', Buffer.from(
  `${E}]0;build 🚀 running\x07text${E}]8;;https://example.org/a?b=c${E}\\link${E}]8;;${E}\\ after\r\n` +
  `${E}]52;c;aGVsbG8gd29ybGQ=\x07${E}]133;A${E}\\$ ls${E}]2;ta\tb${E}\\\r\n`));
let sixel = '"1;1;64;48#0;2;0;0;0#1;2;97;50;12';
for (let i = 0; i < 60; i++) sixel += `#${i % 2}!${10 + i}~??@ABC${i % 7 === 0 ? '$' : '-'}${i % 11 === 0 ? '\n' : ''}`;
samples.set('sixel', Buffer.from(`before\r\n${E}P0;1;0q${sixel}${E}\\after the picture\r\nmore ${E}[1mtext${E}[m\r\n`));
samples.set('strings', Buffer.from(
  `${E}_Gf=100,a=T,m=1;iVBORw0KGgoAAAANSUhEUg==${E}\\image${E}_Gm=0;AAAA${E}\\\r\n` +
  `${E}^private\nmessage${E}\\x${E}Xstart of string${E}\\y${E}P$q"p${E}\\z${E}P1$r0m${E}\\\r\n` +
  `${E}Ptmux;${E}${E}]0;nested\x07${E}\\t${E}P>|name 1.0${E}\\${E}P1;2<bad${E}\\u${E}P !x${E}\\v\r\n`));
samples.set('c1', Buffer.from(
  'a\u009b1;31mb\u009dtitle\u009cc\u0090q#0~~\u009cd\u0098sos\u009ce\u009epm\u009cf\u009fapc\u009cg\u0084h\u0085i\r\n'));
samples.set('broken', Buffer.concat([
  Buffer.from(`a${E}[1;2\x18b${E}]0;x\x1ac${E}P1q~~\x18d${E}[12${E}[3me${E}${E}[4mf${E}[é g${E}[<1?2mh${E}[1 2mi${E}é\r\n`),
  Buffer.from([0x80, 0xbf, 0xc3, 0x41, 0xe2, 0x82, 0x42, 0xf0, 0x9f, 0x98, 0x1b, 0x5b, 0x6d, 0xc0, 0x80, 0xf5, 0xff]),
  Buffer.from([0xe0, 0x80, 0x9b, 0x31, 0xed, 0xa0, 0x80, 0xef, 0xbb, 0xbf, 0xf4, 0x90, 0x80, 0x80, 0xc2, 0x9b, 0x33]),
  Buffer.from(`m${E}^p\u00e9q${E}_a\u00e9b\r\n${E}]0;t\u00e9\x07${E}[?é1;2h\r\n`),
]));

// Random bytes, most of them of those that mean something.
let seed = 12345;
const random = max => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0, (seed >>> 8) % max);
const telling = [0x1b, 0x1b, 0x1b, 0x5b, 0x5d, 0x50, 0x5e, 0x5f, 0x58, 0x5c, 0x07, 0x18, 0x1a, 0x0a, 0x3b, 0x31, 0x3c,
  0x3f, 0x20, 0x24, 0x6d, 0x71, 0x7f, 0x00, 0xc2, 0x9b, 0x9d, 0x90, 0x9c, 0x98, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x41];
for (let i = 0; i < 200; i++) {
  const bytes = Array.from({ length: 1 + random(160) },
    () => random(4) === 0 ? random(256) : telling[random(telling.length)]);
  samples.set(`random-${i}`, Buffer.from(bytes));
}

for (const [name, bytes] of samples) {
  const bits = Buffer.alloc((bytes.length >> 3) + 1);
  for (let i = 0; i <= bytes.length; i++) {
    // The whole beginning at once: cut after E2 80, say, the decoder of 6.0.0 loses count of what is missing.
    const input = new Terminal({ allowProposedApi: true, logLevel: 'off', cols: 2, rows: 1, scrollback: 0 })
      ._core._inputHandler;
    input.parse(bytes.subarray(0, i));

    // 0 is ground; the decoder's interim bytes are a character that is not complete.
    if (input._parser.currentState === 0 && input._utf8Decoder.interim[0] === 0) bits[i >> 3] |= 1 << (i & 7);
  }
  console.log(`${name} ${bytes.toString('base64')} ${bits.toString('base64')}`);
}
