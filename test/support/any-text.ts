import fc from 'fast-check';

/**
 * Any code point that is no surrogate, as `fc.string({ unit: 'binary' })` has them. That one takes half a second to be made, because it
 * lists them all.
 */
export const anyCharacter = fc.integer({ min: 0, max: 0x10_f7ff }).map(
  (number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800),
  (text) => {
    if (typeof text !== 'string' || !/^\P{Cs}$/u.test(text)) throw new Error('Not one code point');
    const number = text.codePointAt(0)!; // it has one
    return number < 0xd800 ? number : number - 0x800;
  },
);

/** Strings of any characters. */
export const anyText = fc.string({ unit: anyCharacter });
