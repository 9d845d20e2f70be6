package demo.risk;

import demo.book.Instrument;
import demo.book.Side;

/**
 * The copy of a fill that goes to the risk thread.
 *
 * @param price in ticks
 */
record Execution(Instrument instrument, Side side, int price, int quantity) {}
