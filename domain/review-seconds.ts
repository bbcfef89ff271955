/**
 * Seconds a person needs for an image with `boxes` drafted boxes of which `expectedErrors` are wrong or missing:
 * 4 to open it, 1.8 to look at each box (verification, Konyushkova 2018), 4.5 to mend an error on average
 * (adjust 5, another class 3, delete 2.5, add 7: estimates).
 */
export const expectedReviewSeconds = (boxes: number, expectedErrors: number): number =>
  4 + 1.8 * boxes + 4.5 * expectedErrors
