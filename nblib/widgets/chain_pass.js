// One pass through the chain of three neurons, there and back, as nblib/chain.py makes it.

const sigmoid = (z) => 0.5 * Math.tanh(0.5 * z) + 0.5;

export function chainPass({ w1, b1, w2, b2, a0, y }) {
  const z1 = w1 * a0 + b1;
  const a1 = sigmoid(z1);
  const z2 = w2 * a1 + b2;
  const a2 = sigmoid(z2);
  const cost = 0.5 * (a2 - y) ** 2;

  const [dC_da2, da2_dz2] = [a2 - y, a2 * (1 - a2)];
  const [dz2_dw2, dz2_db2, dz2_da1] = [a1, 1, w2];
  const da1_dz1 = a1 * (1 - a1);
  const [dz1_dw1, dz1_db1, dz1_da0] = [a0, 1, w1];

  const delta2 = dC_da2 * da2_dz2;
  const [dC_dw2, dC_db2, dC_da1] = [delta2 * dz2_dw2, delta2 * dz2_db2, delta2 * dz2_da1];
  const delta1 = dC_da1 * da1_dz1;
  const [dC_dw1, dC_db1, dC_da0] = [delta1 * dz1_dw1, delta1 * dz1_db1, delta1 * dz1_da0];

  const forwards = { a0, z1, a1, z2, a2, cost };
  const factors = { dC_da2, da2_dz2, dz2_dw2, dz2_db2, dz2_da1, da1_dz1, dz1_dw1, dz1_db1, dz1_da0 };
  const products = { delta2, dC_dw2, dC_db2, dC_da1, delta1, dC_dw1, dC_db1, dC_da0 };
  return { ...forwards, ...factors, ...products };
}
