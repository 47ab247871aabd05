namespace Realtime.Loadtests.Commands;

/// <summary>What the command ends with, for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>All ran, and kept their thresholds.</summary>
    public const int Passed = 0;

    /// <summary>All ran; a threshold was broken.</summary>
    public const int ThresholdBroken = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Something could not be run: nothing is said about speed.</summary>
    public const int Failed = 3;
}
