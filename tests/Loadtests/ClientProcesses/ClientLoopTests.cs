using System.IO.Pipelines;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.ClientProcesses;
using Realtime.Loadtests.Targets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Loadtests.ClientProcesses;

/// <summary>The client process's side, without a process: lines in, lines out.</summary>
public sealed class ClientLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);
    private static readonly AudiencePart Nobody = new(new EventPlan(1, 1), 0, 0, 1);

    private readonly Pipe _orders = new();
    private readonly Pipe _reports = new();
    private readonly ManualClock _clock = new();
    private readonly StreamWriter _input;
    private readonly StreamReader _output;
    private readonly ClientLoop _loop;
    private readonly Task _running;

    public ClientLoopTests()
    {
        _input = new StreamWriter(_orders.Writer.AsStream());
        _output = new StreamReader(_reports.Reader.AsStream());
        _loop = new ClientLoop(
            new StreamReader(_orders.Reader.AsStream()), new StreamWriter(_reports.Writer.AsStream()), _clock);
        _running = _loop.RunAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_it_cost_can_be_read_once_it_has_told_all_since_it_ends_with_its_input()
    {
        await OrderAsync(new ClientOrder { Access = Access(), Part = Nobody });
        Assert.True((await ReportAsync()).IsOpen);
        await OrderAsync(new ClientOrder { Published = 0 });
        Assert.Equal(AudienceOutcome.None, (await ReportAsync()).Outcome);

        await IsThereAsync();
        await _orders.Writer.CompleteAsync();
        await _running.WaitAsync(Within);
    }

    [Fact]
    public async Task What_could_not_be_done_is_told_and_the_process_stays_until_its_input_ends()
    {
        await OrderAsync(new ClientOrder { Access = Access("/nowhere/ca.pem"), Part = Nobody });
        Assert.Contains("/nowhere/ca.pem", (await ReportAsync()).Failure);

        await IsThereAsync();
        await _orders.Writer.CompleteAsync();
        await _running.WaitAsync(Within);
    }

    public async ValueTask DisposeAsync()
    {
        await _orders.Writer.CompleteAsync();
        await _running.WaitAsync(Within);
        await _loop.DisposeAsync();
        await _input.DisposeAsync();
        _output.Dispose();
    }

    private static TargetAccess Access(string? certificateFile = null) =>
        new([new Uri("https://127.0.0.1:1")], "publisher", null, "viewer", certificateFile);

    // It goes on telling what it counts.
    private async Task IsThereAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        ClientReport told = await ReportAsync();
        Assert.Equal((2, null, null), (told.Steps.Count, told.Outcome, told.Failure));
    }

    private Task OrderAsync(ClientOrder order) => ClientLines.WriteAsync(_input, order);

    private async Task<ClientReport> ReportAsync() =>
        (await ClientLines.ReadAsync<ClientReport>(_output, CancellationToken.None).WaitAsync(Within))!;
}
