using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Speech;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;
using Realtime.Loadtests.Viewers.Plain;

namespace Realtime.Loadtests.Audiences;

/// <summary>Viewers of events without TLS, all of them read by one thread of this process.</summary>
internal sealed class PlainAudience : IEventAudience
{
    // What one read may bring, and the longest message.
    private const int BufferBytes = 1024 * 1024;
    private const int ConcurrencyMax = 64;

    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(20);

    private readonly Target _target;
    private readonly AudiencePart _part;
    private readonly AudienceSteps _steps;
    private readonly TimeProvider _time;
    private readonly PlainViewer[] _viewers;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Poller? _poller;

    /// <summary>Makes them; nothing is connected.</summary>
    public PlainAudience(Target target, AudiencePart part, AudienceSteps steps, TimeProvider time)
    {
        _target = target;
        _part = part;
        _steps = steps;
        _time = time;
        ISpeech speech = Speeches.Of(target.Access.Speech);
        _viewers =
        [
            .. Enumerable.Range(part.First, part.Count).Select(number => new PlainViewer(
                speech, part.Plan, number, new EventViewer(part.Plan, number, steps.Deliver))),
        ];
    }

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken stopping)
    {
        _poller = new Poller("viewers", (viewer, _) => _viewers[viewer].Read(_buffer));
        await Ramp.RunAsync(
            _part.Count, _part.ConnectRate, ConcurrencyMax,
            async (viewer, due, cancelled) =>
            {
                await OpenOneAsync(viewer, cancelled);
                _steps.Connect.Ok(due, Stopwatch.GetTimestamp());
                return viewer;
            },
            _time, stopping);
    }

    /// <inheritdoc/>
    public Task MeasureAsync(long from, long until)
    {
        _steps.Deliver.Measure(from, until);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AudienceOutcome> CloseAsync(long published)
    {
        _poller?.Dispose();
        EventViewer[] seen = [.. _viewers.Select(viewer => viewer.Seen)];
        string[] ends = [.. _viewers.Select(viewer => viewer.End).OfType<string>()];
        var outcome = new AudienceOutcome(
            seen.Sum(viewer => viewer.MissingOf(published)), seen.Sum(viewer => viewer.Duplicates),
            seen.Sum(viewer => viewer.OutOfOrder), seen.Sum(viewer => viewer.Misrouted), ends.Length,
            ends.FirstOrDefault(), 0);
        foreach (PlainViewer viewer in _viewers)
        {
            viewer.Dispose();
        }

        return Task.FromResult(outcome);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _poller?.Dispose();
        foreach (PlainViewer viewer in _viewers)
        {
            viewer.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task OpenOneAsync(int index, CancellationToken stopping)
    {
        int number = _part.First + index;
        Uri address = _target.EdgeOf(number);
        string path = Speeches.Of(_target.Access.Speech).PathOf(_part.Plan, number);
        var request = new UpgradeRequest(address, new ViewerOpening(path, _target.ViewerTokens.TokenOf(number))
        {
            IsStamped = _target.Stamps is not null,
            Subprotocol = _target.Access.Speech == SpeechKind.Realtime ? Subprotocols.Json : string.Empty,
        });
        PlainViewer viewer = _viewers[index];
        viewer.Connect(address, request.Bytes.Span);
        _poller!.Watch(viewer.Handle, index);
        try
        {
            await viewer.WaitAsync(stopping).WaitAsync(OpenMax, _time, stopping);
        }
        catch (TimeoutException)
        {
            throw new ViewerException(
                $"A viewer was not connected and subscribed after {OpenMax.TotalSeconds} s.", false);
        }
    }
}
