using System.Globalization;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>What each of many viewers adds to the memory of a process, in KiB.</summary>
internal sealed class ViewerCost
{
    private readonly int _pid;
    private readonly int _viewers;
    private readonly long _before;

    private ViewerCost(int pid, int viewers)
    {
        (_pid, _viewers) = (pid, viewers);
        _before = ResidentMemory.Of(pid).Now;
    }

    /// <summary>What it is now.</summary>
    public double Kib => (ResidentMemory.Of(_pid).Now - _before) / (1024.0 * _viewers);

    /// <summary>What is there before so many viewers come is not counted.</summary>
    public static async Task<ViewerCost> BeforeAsync(int pid, int viewers)
    {
        await ProcessGarbage.CollectAsync(pid);
        return new ViewerCost(pid, viewers);
    }

    /// <summary>What it is without garbage.</summary>
    public async Task<double> CollectedKibAsync()
    {
        await ProcessGarbage.CollectAsync(_pid);
        return Kib;
    }

    /// <summary>The figures, as tests print them.</summary>
    public static string Text(string whom, double idle, double uncollected, double full) => string.Create(
        CultureInfo.InvariantCulture,
        $"A viewer costs {whom} {idle:0.0} KiB idle ({uncollected:0.0} with the garbage of its handshake), "
            + $"{full:0.0} KiB when it takes nothing.");
}
