using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Viewers;

/// <summary>Opens the connections of a run at a rate, trying again where the edge is busy.</summary>
internal sealed class ViewerRamp(Target target, int ratePerSecond, Step connect, TimeProvider time)
{
    private const int ConcurrencyMax = 64;
    private const int AttemptsMax = 5;

    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private int _retries;

    /// <summary>How many attempts had to be repeated.</summary>
    public int Retries => _retries;

    /// <summary>
    /// Opens all; each has its subscription when this returns. All are closed again if one can't be opened.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="openingOf">How number n is opened.</param>
    /// <param name="stopping">Ends it.</param>
    /// <param name="opened">Takes number n as soon as it is there: one that nobody reads for long, while others are
    /// still being opened, answers no ping.</param>
    /// <exception cref="ViewerException">One was refused for good.</exception>
    public async Task<ViewerConnection[]> OpenAsync(
        int count, Func<int, ViewerOpening> openingOf, CancellationToken stopping,
        Action<int, ViewerConnection>? opened = null)
    {
        var all = new ViewerConnection?[count];
        try
        {
            return await Ramp.RunAsync(
                count, ratePerSecond, ConcurrencyMax,
                async (viewer, due, cancelled) =>
                {
                    ViewerConnection connection = await OpenOneAsync(openingOf(viewer), due, cancelled);
                    all[viewer] = connection;
                    opened?.Invoke(viewer, connection);
                    return connection;
                },
                time, stopping);
        }
        catch
        {
            foreach (ViewerConnection connection in all.OfType<ViewerConnection>())
            {
                connection.Stop();
                await connection.Reading;
                await connection.DisposeAsync();
            }

            throw;
        }
    }

    private async Task<ViewerConnection> OpenOneAsync(ViewerOpening opening, long due, CancellationToken stopping)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            patience.CancelAfter(AttemptMax);
            try
            {
                ViewerConnection connection = await ViewerConnection.OpenAsync(target, opening, patience.Token);
                connect.Ok(due, Stopwatch.GetTimestamp());
                return connection;
            }
            catch (ViewerException failure) when (failure.MayRetry && attempt < AttemptsMax)
            {
                Interlocked.Increment(ref _retries);
                connect.Fail(failure.Message);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                throw new ViewerException(
                    $"A viewer was not connected and subscribed after {AttemptMax.TotalSeconds} s.", false);
            }

            await Task.Delay(RetryDelay * attempt * (0.5 + Random.Shared.NextDouble()), time, stopping);
        }
    }
}
