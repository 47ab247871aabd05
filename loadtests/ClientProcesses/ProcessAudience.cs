using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>Viewers of events in a process of their own; what it counts is added to the steps of this one.</summary>
internal sealed class ProcessAudience : IEventAudience
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(30);

    private readonly Target _target;
    private readonly AudiencePart _part;
    private readonly AudienceSteps _steps;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<AudienceOutcome> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isDisposed;

    /// <summary>Starts the process; it does nothing yet.</summary>
    public ProcessAudience(Target target, AudiencePart part, AudienceSteps steps)
    {
        _target = target;
        _part = part;
        _steps = steps;
        string program = Path.Combine(AppContext.BaseDirectory, "Realtime.Loadtests.dll");
        var start = new ProcessStartInfo("dotnet", [program, ClientLines.Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        target.Client.Add(_process.Id);
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken stopping)
    {
        await SendAsync(new ClientOrder { Access = _target.Access, Part = _part });
        await _opened.Task.WaitAsync(stopping);
    }

    /// <inheritdoc/>
    public Task MeasureAsync(long from, long until) => SendAsync(new ClientOrder { Measure = [from, until] });

    /// <inheritdoc/>
    public async Task<AudienceOutcome> CloseAsync(long published)
    {
        await SendAsync(new ClientOrder { Published = published });
        AudienceOutcome outcome = await _closed.Task;
        await DisposeAsync();
        return outcome;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _target.Client.Ending(_process.Id);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without having read all.
        }

        using (var patience = new CancellationTokenSource(EndMax))
        {
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await _reading;
        _process.Dispose();
    }

    private async Task SendAsync(ClientOrder order)
    {
        try
        {
            await ClientLines.WriteAsync(_process.StandardInput, order);
        }
        catch (IOException)
        {
            // It has ended: its last line, or that there is none, is what the reader fails with.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            StreamReader lines = _process.StandardOutput;
            while (await ClientLines.ReadAsync<ClientReport>(lines, CancellationToken.None) is { } told)
            {
                foreach (StepCounts counts in told.Steps)
                {
                    counts.AddTo(counts.Name == AudienceSteps.ConnectName ? _steps.Connect : _steps.Deliver);
                }

                if (told.IsOpen)
                {
                    _opened.TrySetResult();
                }

                if (told.Outcome is { } outcome)
                {
                    _closed.TrySetResult(outcome);
                }

                if (told.Failure is { } failure)
                {
                    Fail(failure);
                }
            }

            Fail(await TellEndAsync());
        }
        catch (JsonException unread)
        {
            Fail(unread.Message);
        }
    }

    private void Fail(string why)
    {
        var failure = new ViewerException($"A client process failed: {why}", false);
        if (!_closed.Task.IsCompleted && !_isDisposed)
        {
            // Nobody may be waiting for it now, and what is noticed first, that it is gone, says nothing.
            Console.Error.WriteLine(failure.Message);
        }

        _opened.TrySetException(failure);
        _closed.TrySetException(failure);
        _ = (_opened.Task.Exception, _closed.Task.Exception); // Looked at: nobody may be waiting any more.
    }

    // 137 tells of one that was killed, by somebody or for want of memory.
    private async Task<string> TellEndAsync()
    {
        string errors = await _errors;
        await _process.WaitForExitAsync();
        return string.Create(
            CultureInfo.InvariantCulture, $"ended by itself, exit code {_process.ExitCode}\n{errors}").TrimEnd();
    }
}
