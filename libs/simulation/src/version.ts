/** Raise it when the same seed gives other pixels or another scenario: the exporter then makes older scenes anew. */
export const simulationVersion = 4

/** The same as a word, part of the keys of every stage whose input is simulated. */
export const simulatorVersion = `virga-simulation/${simulationVersion}`
