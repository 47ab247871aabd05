namespace Realtime.Log;

/// <summary>How far the slowest live reader of a stream is behind, told to its producers.</summary>
/// <param name="State">What a producer should do.</param>
/// <param name="Depth">Entries (for terminals: bytes) between the slowest live reader and the end; 0 without live
/// readers.</param>
/// <param name="Limit">The depth at which appends are refused.</param>
public readonly record struct Pressure(PressureState State, long Depth, long Limit);
