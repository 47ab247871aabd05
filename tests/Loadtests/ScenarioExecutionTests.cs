using Realtime.Loadtests.Load;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Tests.Loadtests;

/// <summary>A run and its phases, without a system: what ends it, and in which order.</summary>
public class ScenarioExecutionTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_count_that_breaks_its_threshold_ends_a_run_that_may_be_aborted()
    {
        var run = new FakeRun(new Figure(FigureNames.Refused, 1));

        RunResult result = await Execution(TimeSpan.FromMinutes(10), abortsEarly: true)
            .RunAsync(run, CancellationToken.None).WaitAsync(Within);

        Assert.Equal(["init", "load", "stopped", "clean"], run.Did);
        Assert.Equal(["aborted early: refused<=0 is broken by 1", "seen"], result.Notes);
    }

    [Theory]
    [InlineData(FigureNames.Refused, 0, true)]
    [InlineData("something_else", 1, true)]
    [InlineData(FigureNames.Refused, 1, false)]
    public async Task Otherwise_it_goes_on_to_its_end(string figure, double value, bool abortsEarly)
    {
        var run = new FakeRun(new Figure(figure, value));

        RunResult result = await Execution(TimeSpan.FromSeconds(1.5), abortsEarly)
            .RunAsync(run, CancellationToken.None).WaitAsync(Within);

        Assert.Equal(["init", "load", "loaded", "clean"], run.Did);
        Assert.Equal(["seen"], result.Notes);
    }

    private static ScenarioExecution Execution(TimeSpan duration, bool abortsEarly)
    {
        var target = new Target(
            new TargetAccess([new Uri("https://127.0.0.1:1")], "publisher", null, "viewer", null), TimeProvider.System);
        return new ScenarioExecution(
            new ScenarioContext(
                new OpenTarget(target, null), new LoadOptions { Duration = duration },
                new Progress(TextWriter.Null, TimeProvider.System), TimeProvider.System),
            [new Threshold(FigureNames.Refused, 0)], abortsEarly);
    }

    /// <summary>Writes down what is done with it.</summary>
    private sealed class FakeRun(Figure live) : IScenarioRun
    {
        public List<string> Did { get; } = [];

        public IReadOnlyList<Step> Steps => [];

        public Task InitAsync(CancellationToken stopping)
        {
            Did.Add("init");
            return Task.CompletedTask;
        }

        public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
        {
            Did.Add("load");
            try
            {
                await window.WaitForEndAsync(TimeProvider.System, stopping);
                Did.Add("loaded");
            }
            catch (OperationCanceledException)
            {
                Did.Add("stopped");
                throw;
            }
        }

        public Task CleanAsync(CancellationToken stopping)
        {
            Did.Add("clean");
            return Task.CompletedTask;
        }

        public RunResult Result(Measured measured) => new() { Figures = [], Notes = ["seen"] };

        public IEnumerable<Figure> Live() => [live];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
