using System.Text.Json;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>
/// The client process's side: does what it is told on standard input, and tells once a second what was counted. Ends
/// with its input and not before: nothing is left if who started it is gone, and who started it can still read what it
/// cost once all is told.
/// </summary>
internal sealed class ClientLoop(TextReader input, TextWriter output, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly AudienceSteps _steps = new();
    private readonly Histogram[] _before = [new(), new()];
    private readonly (long Done, long Failed)[] _told = new (long, long)[2];
    private IEventAudience? _audience;

    /// <summary>Runs until its input ends.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task telling = TellAsync(over.Token);
        try
        {
            while (await ClientLines.ReadAsync<ClientOrder>(input, stopping) is { } order)
            {
                await DoAsync(order, stopping);
            }
        }
        catch (Exception failure) when (failure is ViewerException or TargetException or JsonException or IOException)
        {
            await WriteAsync(new ClientReport { Failure = failure.Message });
            while (await input.ReadLineAsync(stopping) is not null)
            {
                // Nothing more can be done.
            }
        }
        finally
        {
            await over.CancelAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_audience?.DisposeAsync() ?? ValueTask.CompletedTask);
        _writing.Dispose();
    }

    private async Task DoAsync(ClientOrder order, CancellationToken stopping)
    {
        if (order is { Access: { } access, Part: { } part })
        {
            _audience = EventAudience.Here(new Target(access, time), part, _steps, time);
            await _audience.OpenAsync(stopping);
            await WriteAsync(new ClientReport { IsOpen = true });
        }
        else if (order.Measure is [var from, var until])
        {
            await _audience!.MeasureAsync(from, until);
        }
        else if (order.Published is { } published)
        {
            AudienceOutcome outcome = await _audience!.CloseAsync(published);
            await WriteAsync(new ClientReport { Outcome = outcome });
        }
    }

    private async Task TellAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TellEvery, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await WriteAsync(null);
        }
    }

    // One after the other, since what is told is counted from what was told before.
    private async Task WriteAsync(ClientReport? report)
    {
        await _writing.WaitAsync();
        try
        {
            await ClientLines.WriteAsync(output, (report ?? new ClientReport()) with { Steps = Counts() });
        }
        finally
        {
            _writing.Release();
        }
    }

    private StepCounts[] Counts() =>
    [
        StepCounts.Since(_steps.Connect, _before[0], ref _told[0]),
        StepCounts.Since(_steps.Deliver, _before[1], ref _told[1]),
    ];
}
