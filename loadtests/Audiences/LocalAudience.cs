using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Audiences;

/// <summary>Viewers of events in this process.</summary>
internal sealed class LocalAudience(Target target, AudiencePart part, AudienceSteps steps, TimeProvider time)
    : IEventAudience
{
    private readonly EventViewer[] _viewers =
        [.. Enumerable.Range(part.First, part.Count).Select(n => new EventViewer(part.Plan, n, steps.Deliver))];

    private readonly ViewerRamp _ramp = new(target, part.ConnectRate, steps.Connect, time);
    private ViewerConnection[] _connections = [];

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken stopping)
    {
        _connections = await _ramp.OpenAsync(
            part.Count,
            n => new ViewerOpening(
                part.Plan.PathOf(part.First + n), target.ViewerTokens.TokenOf(part.First + n))
            {
                Edge = target.EdgeOf(part.First + n),
            },
            stopping, (n, connection) => _ = connection.RunAsync(_viewers[n].OnMessage));
    }

    /// <inheritdoc/>
    public Task MeasureAsync(long from, long until)
    {
        steps.Deliver.Measure(from, until);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AudienceOutcome> CloseAsync(long published)
    {
        ViewerConnection[] connections = _connections;
        await DisposeAsync();
        string?[] ends = [.. connections.Select(connection => connection.Reading.Result).Where(end => end is not null)];
        return new AudienceOutcome(
            _viewers.Sum(viewer => viewer.MissingOf(published)), _viewers.Sum(viewer => viewer.Duplicates),
            _viewers.Sum(viewer => viewer.OutOfOrder), _viewers.Sum(viewer => viewer.Misrouted), ends.Length,
            ends.FirstOrDefault(), _ramp.Retries);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ViewerConnection[] connections = Interlocked.Exchange(ref _connections, []);
        foreach (ViewerConnection connection in connections)
        {
            connection.Stop();
        }

        await Task.WhenAll(connections.Select(connection => connection.Reading));
        foreach (ViewerConnection connection in connections)
        {
            await connection.DisposeAsync();
        }
    }
}
