// The pages of a run of the playground: weights, and who was in each mini-batch. They come in chunks.
import { Examples, SmallNetwork } from "./small_network.js";

const FEW = 200; // costs that are kept at least, once there are so many pages

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

// A typed array with room for more.
class Growing {
  constructor(Kind) {
    this.values = new Kind(1024);
    this.length = 0;
  }

  append(more) {
    const length = this.length + more.length;
    if (length > this.values.length) {
      const grown = new this.values.constructor(2 * length);
      grown.set(this.values.subarray(0, this.length));
      this.values = grown;
    }
    this.values.set(more, this.length);
    this.length = length;
  }

  slice(from, to) {
    return this.values.subarray(from, to);
  }
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Undo what `packed` in nblib/widgets/page_chunks.py does: byte planes of differences, then rows.
function unpacked(bytes, pages, size) {
  const n = pages * size;
  const bits = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const difference = bytes[i] | (bytes[n + i] << 8) | (bytes[2 * n + i] << 16) | (bytes[3 * n + i] << 24);
    bits[i] = difference + (i < size ? 0 : bits[i - size]); // modulo 2³²
  }
  return [new Float32Array(bits.buffer), bytes.subarray(4 * n)];
}

export class RunPages {
  constructor({ x, y, n_train, ...recipe }) {
    this.recipe = recipe;
    this.network = new SmallNetwork(recipe.sizes, recipe.activation);
    const coordinates = new Float32Array(bytesOf(x).slice().buffer);
    this.examples = new Examples(this.network, coordinates, bytesOf(y).slice(), n_train);
    this.weights = new Growing(Float32Array);
    this.seen = new Growing(Uint8Array);
    this.every = 1; // the costs of each page whose number this divides are kept
    this.costs = [];
  }

  get length() {
    return this.weights.length / this.network.size;
  }

  // How many updates an epoch has.
  get perEpoch() {
    return Math.max(1, Math.ceil(this.examples.trained / this.recipe.mini_batch_size));
  }

  async add({ first, pages, data }) {
    const bytes = await inflated(bytesOf(data));
    if (first !== this.length) return;
    const [weights, rows] = unpacked(bytes, pages, this.network.size);
    this.weights.append(weights);
    this.seen.append(rows);
    for (let t = first; t < first + pages; t++) this.keepCost(t);
  }

  keepCost(t) {
    if (t % this.every) return;
    this.costs.push(this.examples.measure(this.at(t)).map(({ cost }) => cost));
    if (this.costs.length < 2 * FEW) return;
    this.every *= 2;
    this.costs = this.costs.filter((_, i) => i % 2 === 0);
  }

  // Weights and biases after t updates.
  at(t) {
    return this.weights.slice(t * this.network.size, (t + 1) * this.network.size);
  }

  // Which training points update t learns from.
  batch(t) {
    const { trained } = this.examples;
    const size = this.recipe.mini_batch_size;
    const [epoch, place] = [Math.floor((t - 1) / this.perEpoch), (t - 1) % this.perEpoch];
    const start = epoch * trained + place * size;
    return this.seen.slice(start, Math.min(start + size, (epoch + 1) * trained));
  }
}

// What comes of a model: its runs. The same for all its views.
export class Book {
  static books = new WeakMap();

  static of(model) {
    if (!Book.books.has(model)) Book.books.set(model, new Book(model));
    return Book.books.get(model);
  }

  constructor(model) {
    this.model = model;
    this.listeners = new Set();
    this.open();
    model.on("change:book", () => this.open());
    model.on("change:chunks", () => this.take());
    model.on("change:ends", () => this.tell());
  }

  open() {
    const { number, runs } = this.model.get("book");
    this.number = number;
    this.runs = runs.map((run) => new RunPages(run));
    this.taken = 0;
    this.taking = this.take();
  }

  // Take in the chunks that have come, one after the other.
  take() {
    const { runs, number } = this;
    const chunks = this.model.get("chunks");
    const more = chunks.slice(this.taken).filter((chunk) => chunk.number === number);
    this.taken = chunks.length;
    const all = async (before) => {
      await before;
      for (const chunk of more) await runs[chunk.run].add(chunk);
      if (runs === this.runs) this.tell();
    };
    return (this.taking = all(this.taking));
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  // Whether run i will have no more pages.
  over(i) {
    return this.model.get("ends")[i]?.over ?? false;
  }

  // The last page that all runs have come to; a run that is over stays at its own last page.
  get last() {
    const lengths = this.runs.map((run) => run.length - 1);
    const going = lengths.filter((_, i) => !this.over(i));
    return Math.max(0, going.length ? Math.min(...going) : Math.max(...lengths));
  }
}
