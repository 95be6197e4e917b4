import dev.graft.training.data.WordNetData;
import java.nio.file.Path;

/**
 * Writes the embedded task as a folder with 2000 validation rows, more than the 500 of the embedded one, so that learning
 * rates can be told apart; the test rows are those of the embedded task. Arguments: training rows, folder.
 *
 * <pre>java -p cli/target/dist/lib -cp 'cli/target/dist/natives/*' --add-modules ALL-MODULE-PATH \
 *     -Dgraft.data.dir=cli/target/dist/data experiments/WordNetFolder.java 1000 /tmp/wordnet-1000</pre>
 */
public class WordNetFolder {
    public static void main(String[] arguments) throws Exception {
        WordNetData.write(WordNetData.split(Integer.parseInt(arguments[0]), 2000, 1000, 0), Path.of(arguments[1]));
    }
}
