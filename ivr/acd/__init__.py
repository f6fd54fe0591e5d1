"""The routing core: a reducer that knows who waits and who is free.

Invariant: `handle(message, now)` returns commands; it never awaits, reads no clock, rolls no dice.
The dispatcher, the simulation, the property tests and the benchmarks drive the very same code.

Read first what goes in and out, then one message's way through it:

- `messages`: what the core is told, and what it orders.
- `engine`: one message in, commands out; which rule handles which message and which deadline.
- `table`: the agent's state machine. What is not in it cannot happen.
- `matching`: who is offered to whom. The heart; all else prepares it.

The engine is one state under several layers, each of one concern. A layer calls those below it;
where a lower one must reach a higher one, the higher extends the method: `_leave` when a call
leaves, `_relax` when a step changes what it asks for.

- `state`: everything known, and what outsiders may read of it (`views`, `estimate`).
- `roster`: the one place where an agent's state changes, and where commands are collected.
- `offering`: leases on phones, and how each ends (`consequences`: what a miss does to the agent;
  `callback_cap`: how many call-backs at the same time).
- `working`: what agents have at hand (`capacity`: how much of an agent that takes), and wrap-up.
- `staff`: what agents ask for, phones that come and go, breaks.
- `relaxing`: calls ask for less, or weigh more, as time goes by (`relaxation`: the timeline;
  `staffing`: whether anybody logged in satisfies a step).
- `queueing`: calls come and go; kept places (`places`), priority, an agent wanted, delays.
- `matching`: joins the two sides (`ask`: the question put to a strategy; `strategies`: who of
  those free; `preference`: who is tried first).
- `reconfiguring`: another site under running calls.

What the layers stand on knows nothing of them: `agents` and `calls` find the right ones among
thousands without looking at each (`order`, `cover`, `requirement`), `deadlines` says when to wake,
`handling` learns how long things take, and `estimate` says from it how long a wait will be
(`gamma`).
"""
