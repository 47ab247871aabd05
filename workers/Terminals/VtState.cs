namespace Realtime.Workers.Terminals;

/// <summary>
/// Where in an escape sequence a terminal is: the states of Paul Williams' parser of DEC terminals
/// (https://vt100.net/emu/dec_ansi_parser), with SOS, PM and APC as one.
/// </summary>
internal enum VtState
{
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParameter,
    CsiIntermediate,
    CsiIgnore,
    DcsEntry,
    DcsParameter,
    DcsIntermediate,
    DcsIgnore,
    DcsPassthrough,
    OscString,
    SosPmApcString,
}
