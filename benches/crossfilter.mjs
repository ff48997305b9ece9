// The task of recompute.rs with crossfilter2, used as its authors mean it to be: one dimension by score, one group by
// current class, and per move one incremental filterRange of the class above the border. The class below is what the two
// beside the border held together, less that; all others stay. Prints both medians side by side.
//
//   node benches/crossfilter.mjs <criterion directory> <checksums of recompute.rs>

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const crossfilter = createRequire(import.meta.url)("crossfilter2");
const [criterion, checksums] = process.argv.slice(2);
const CLASSES = 4;
const CURRENTS = 5; // the last: none
const SIZES = [10_000, 200_000, 1_000_000];

// xorshift32, as in recompute.rs.
function random(state) {
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function bytes(r) {
  return (r & 255) + ((r >>> 8) & 255) + ((r >>> 16) & 255) + (r >>> 24);
}

// Scored items only: the unscored are counted once and never move.
function items(count) {
  const next = random(0x9e3779b9);
  const rows = [];
  for (let i = 0; i < count; i++) {
    const bell = bytes(next()) + bytes(next());
    const score = ((1 << (bell >> 7)) * (128 + (bell & 127))) >> 7;
    const chance = next();
    const lastYear = [150, 500, 1500].filter((border) => border <= score).length;
    const current = (chance >>> 4) % 10 < 7 ? lastYear : (chance >>> 8) % 5;
    if (chance % 20 !== 0) rows.push({ score, current });
  }
  return rows;
}

function movesOf(rows) {
  const scores = Uint32Array.from(rows, (row) => row.score).sort();
  const start = [40, 70, 90].map((percent) => scores[Math.floor((scores.length * percent) / 100)]);
  const range = scores[scores.length - 1] - scores[0];
  const step = Math.max(1, Math.floor(range / 1000));
  let next = random(7);
  let at = start[1];
  const steps = Array.from({ length: 1024 }, () => {
    const by = 1 + (next() % step);
    const up = (next() & 1) === 1;
    at = (up || at < start[0] + 1 + by) && at + by < start[2] ? at + by : at - by;
    return at;
  });
  next = random(11);
  const half = Math.floor(range / 2);
  const jumps = Array.from({ length: 256 }, (_, i) => start[1] + 1 + (i % 2) * half + (next() % step));
  return [
    { name: "small steps", border: 1, start, to: steps, scores },
    { name: "half-range jumps", border: 2, start, to: jumps, scores },
  ];
}

// Largest remainder in tenths of a percent, earlier entries first, as cutline_domain::base::format::shares.
function shares(counts) {
  let sum = 0;
  for (const count of counts) sum += count;
  if (sum === 0) return counts.map(() => 0);
  const out = counts.map((count) => Math.floor((count * 1000) / sum));
  const remainders = counts.map((count) => (count * 1000) % sum);
  let left = 1000;
  for (const share of out) left -= share;
  for (; left > 0; left--) {
    let most = 0;
    for (let i = 1; i < remainders.length; i++) if (remainders[i] > remainders[most]) most = i;
    out[most] += 1;
    remainders[most] = -1;
  }
  return out;
}

// What is shown, kept up to date move by move.
function prepare(filter, byScore, groups, { border, start }) {
  const ends = [-Infinity, ...start, Infinity];
  const matrix = Array.from({ length: CURRENTS }, () => new Array(CLASSES).fill(0));
  for (let c = 0; c < CLASSES; c++) {
    byScore.filterRange([ends[c], ends[c + 1]]);
    for (const { key, value } of groups.all()) matrix[key][c] = value;
  }
  const [below, above] = [border, border + 1];
  const together = matrix.map((row) => row[below] + row[above]);
  const counts = new Array(CLASSES);
  byScore.filterRange([start[border], ends[above + 1]]);
  return (to) => {
    byScore.filterRange([to, ends[above + 1]]);
    for (const { key, value } of groups.all()) {
      matrix[key][above] = value;
      matrix[key][below] = together[key] - value;
    }
    counts.fill(0);
    for (const row of matrix) for (let c = 0; c < CLASSES; c++) counts[c] += row[c];
    return { counts, shares: shares(counts), matrix };
  };
}

function checksum(sum, { counts, shares, matrix }) {
  for (const list of [counts, shares, ...matrix]) for (const value of list) sum = Math.imul(sum ^ value, 16777619);
  return sum >>> 0;
}

// Median over batches of about a millisecond or more, two seconds in all.
function median(move, to) {
  let i = 0;
  const batch = (size) => {
    const begin = process.hrtime.bigint();
    for (let n = 0; n < size; n++) move(to[i++ % to.length]);
    return Number(process.hrtime.bigint() - begin) / size;
  };
  for (let warm = 0, begin = Date.now(); warm < 20 || Date.now() - begin < 500; warm++) batch(2);
  const size = Math.max(2, 2 * Math.ceil(500_000 / batch(64)));
  const times = [];
  for (const begin = Date.now(); times.length < 20 || Date.now() - begin < 2000; ) times.push(batch(size));
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}

function itemsPassed({ scores, start, border, to }) {
  const below = (value) => {
    let [low, high] = [0, scores.length];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (scores[mid] < value) low = mid + 1;
      else high = mid;
    }
    return low;
  };
  let [passed, from] = [0, below(start[border])];
  for (const value of to) {
    const here = below(value);
    passed += Math.abs(here - from);
    from = here;
  }
  return Math.round(passed / to.length);
}

const ours = JSON.parse(readFileSync(checksums));
const lines = [];
for (const size of SIZES) {
  const rows = items(size);
  const filter = crossfilter(rows);
  const byScore = filter.dimension((row) => row.score);
  const groups = filter.dimension((row) => row.current).group();
  for (const moves of movesOf(rows)) {
    const move = prepare(filter, byScore, groups, moves);
    let sum = 0x811c9dc5;
    for (const to of moves.to) sum = checksum(sum, move(to));
    if (sum !== ours[`${size} ${moves.name}`]) throw new Error(`${size} ${moves.name}: the two don't show the same counts`);
    const theirs = median(move, moves.to);
    const estimates = `${criterion}/${moves.name}/${size}/new/estimates.json`;
    const cutline = JSON.parse(readFileSync(estimates)).median.point_estimate;
    lines.push([moves.name, size, itemsPassed(moves), cutline, theirs, theirs / cutline]);
  }
}
lines.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? 1 : -1));

const number = (value) => Math.round(value).toLocaleString("en");
const head = ["one border moved", "items", "passed per move", "Cutline ns", "crossfilter2 ns", "ratio"];
const table = [head, ...lines.map(([name, size, passed, a, b, ratio]) => [name, number(size), number(passed), number(a), number(b), `${number(ratio)}×`])];
const widths = head.map((_, i) => Math.max(...table.map((line) => line[i].length)));
console.log("\nClass counts, shares and migration matrix after one move; medians; equal results checked for every move.\n");
table.forEach((line, n) => {
  console.log(line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "));
  if (n === 0) console.log(widths.map((width) => "─".repeat(width)).join("  "));
});
