namespace Realtime.Devhost.Demo;

/// <summary>
/// What a demo agent would have cost: each step as one call to a model that reads the step's output. No money is spent.
/// </summary>
internal sealed class CostMeter
{
    private const double DollarsPerCall = 0.004;
    private const double DollarsPerKibibyteRead = 0.0006;
    private const int Digits = 4;

    private double _task;
    private double _earlierTasks;

    /// <summary>Dollars of this task.</summary>
    public double Task => Math.Round(_task, Digits);

    /// <summary>Dollars of all tasks of this agent.</summary>
    public double Total => Math.Round(_earlierTasks + _task, Digits);

    /// <summary>A task begins.</summary>
    public void BeginTask()
    {
        _earlierTasks += _task;
        _task = 0;
    }

    /// <summary>A step begins.</summary>
    public void Call() => _task += DollarsPerCall;

    /// <summary>Output was read.</summary>
    public void Read(int bytes) => _task += bytes / 1024.0 * DollarsPerKibibyteRead;
}
